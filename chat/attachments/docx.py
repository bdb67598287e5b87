"""The text of a Word document (DOCX). It runs in a process of its own: see `child`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from defusedxml.ElementTree import iterparse

from chat.attachments.notes import PICTURES
from chat.attachments.unreadable import Unreadable

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
OTHERS = ("xl/", "ppt/", "content.xml")  # of spreadsheets, slides and LibreOffice
MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
MAX_XML = 100_000_000  # bytes of one part
MAX_ELEMENTS = 1_000_000  # of one part: some seconds of a processor


def read(data: bytes, limit: int) -> tuple[str, str]:
    """Return the text, and a note. Raises Unreadable."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if PARTS[0] not in names:
            raise Unreadable("office" if _is_office(names) else "archive")
        text = "\n".join(_part(archive, name, limit) for name in PARTS if name in names).strip()
    if len(text) > limit:
        raise Unreadable("too_much")
    if not text:
        raise Unreadable("empty")
    return text, PICTURES if any(name.startswith("word/media/") for name in names) else ""


def _is_office(names: list[str]) -> bool:
    return any(name.startswith(OTHERS) for name in names)


def _part(archive: zipfile.ZipFile, name: str, limit: int) -> str:
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise Unreadable("encrypted")
    with archive.open(info) as file:
        xml = file.read(MAX_XML + 1)  # what an archive says of its sizes may be wrong
    if len(xml) > MAX_XML:
        raise Unreadable("too_much")
    texts: list[str] = []
    for text in _texts(xml):
        texts.append(text)
        limit -= len(text)
        if limit < 0:
            raise Unreadable("too_much")
    return "".join(texts)


def _texts(xml: bytes) -> Iterator[str]:
    """Yield the text in pieces: cells of a table are parted by tabs, paragraphs by lines.

    Raises Unreadable for more than MAX_ELEMENTS, however little text is in them.
    """
    cells = skipped = elements = 0
    for event, element in iterparse(io.BytesIO(xml), ("start", "end"), forbid_dtd=True):
        change = 1 if event == "start" else -1
        if element.tag == FALLBACK:  # the same again, for old programs
            skipped += change
        name = element.tag.removeprefix(WORD)
        if name == "tc":
            cells += change
        if event == "end":
            elements += 1
            if elements > MAX_ELEMENTS:
                raise Unreadable("too_much")
            if not skipped:
                yield _written(name, element.text, in_cell=cells > 0)
            element.clear()


def _written(name: str, text: str | None, *, in_cell: bool) -> str:
    if name == "t":
        return text or ""
    if name == "p":
        return " " if in_cell else "\n"
    return {"tc": "\t", "tr": "\n"}.get(name) or MARKS.get(name, "")
