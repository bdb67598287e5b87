"""What is read of files, in a process of its own where that is risky; hostile ones above all."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO

import pytest
from django.test import override_settings

from chat.attachments import docx
from chat.attachments.kinds import KINDS, kind_of
from chat.attachments.naming import MAX_NAME, clean
from chat.attachments.reading import read
from chat.attachments.unreadable import Unreadable
from core.errors import PortalError
from tests.chat.attachments import made


def refusal(data: bytes, name: str = "a.bin") -> str:
    with pytest.raises(PortalError) as caught:
        read(name, data, 1)
    assert caught.value.message.startswith(f"“{name}” ")
    return caught.value.message


@pytest.mark.parametrize(
    ("data", "text", "guessed"),
    [
        ("Größe;1\n".encode(), "Größe;1\n", False),
        ("Größe\r\n".encode("utf-8-sig"), "Größe\n", False),
        ("Größe".encode("utf-16"), "Größe", False),
        (b"\xfe\xff" + "Größe".encode("utf-16-be"), "Größe", False),
        ("Größe".encode("utf-32"), "Größe", False),
        ("Größe “so”".encode("cp1252"), "Größe “so”", True),
        (b"\x81\xe4", "\x81ä", True),
        (b"\x1b[1mbold\x1b[0m", "\x1b[1mbold\x1b[0m", False),
    ],
)
def test_text_is_decoded_and_a_guess_is_said(data: bytes, text: str, guessed: bool) -> None:
    content = read("a.txt", data, 1)
    assert (content.kind, content.text) == ("text", text)
    assert ("was guessed" in content.note) == guessed


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_a_picture_is_known_by_its_content(kind: str) -> None:
    data = made.picture(kind)
    assert kind_of(data) == kind
    assert read("text.txt", data, 1).kind == kind
    assert KINDS[kind].media == f"image/{kind}"


def test_a_word_document_is_read_with_its_tables() -> None:
    content = read("a.docx", made.word("One", "Two ü"), 1)
    assert (content.kind, content.text, content.note) == ("docx", "One\nTwo ü", "")


def test_a_pdf_is_read() -> None:
    assert read("a.pdf", made.pdf(), 1).text == "Hello from a page"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (made.word(), "is empty"),
        (b"\x00\x01\x02", "is of a kind that cannot be read here"),
        (b"MZ\x90\x00\x03", "is of a kind that cannot be read here"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "with a password or of an old format"),
        (b"%PDF-1.4 rubbish", "is damaged"),
        (b"PK\x03\x04 rubbish", "is damaged"),
        (made.blank_pdf(), "it is probably a scan"),
        (made.blank_pdf("secret"), "is protected by a password"),
        (made.word_of_xml(b"x", "notes.txt"), "is an archive of other files"),
        (made.word_of_xml(b"x", "xl/workbook.xml"), "Save it as PDF or CSV"),
        (made.word_of_xml(made.LAUGHS), "is damaged"),
        (made.word_of_xml(b"<w:p" + b"<a>" * 100_000), "is damaged"),
        (b"%PDF-1.4\n1 0 obj" + b"[" * 500_000, "is damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_an_archive_that_grows_a_thousand_times_is_refused() -> None:
    bomb = made.word_of_xml(made.paragraph("a" * 150_000_000))
    assert len(bomb) < 200_000
    assert "takes too much memory or time" in refusal(bomb)


def test_a_pdf_with_a_huge_stream_is_refused_in_time() -> None:
    began = time.monotonic()
    assert "takes too much memory or time" in refusal(made.huge_pdf())
    assert time.monotonic() - began < 60


def test_a_document_of_millions_of_empty_paragraphs_is_refused_early() -> None:
    emptiness = made.paragraph("a").replace(b"</w:body>", b"<w:p/>" * 3_000_000 + b"</w:body>")
    data = made.word_of_xml(emptiness)
    assert len(data) < 200_000
    with pytest.raises(Unreadable, match="too_much"):
        docx.read(data, 10_000_000)  # as if only its text had a limit


@override_settings(MAX_CONVERSATION_CHARS=1000)
@pytest.mark.parametrize("data", [b"a" * 1001, made.word("a" * 1001), made.pdf("a" * 1001)])
def test_more_text_than_a_conversation_takes_is_refused_not_cut(data: bytes) -> None:
    assert "takes too much" in refusal(data)


def test_an_archive_that_lies_about_its_size_is_not_believed() -> None:
    data = bytearray(made.word_of_xml(made.paragraph("b" * 120_000_000)))
    with zipfile.ZipFile(BytesIO(bytes(data))) as archive:
        directory = archive.start_dir
    data[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    assert refusal(bytes(data))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("a\u202efdp.exe", "a fdp.exe"),
        ("<b>a</b>.txt", "b>.txt"),
        ("\0\n", "file"),
        ("...", "file"),
        ("u\u0308.txt", "ü.txt"),
    ],
)
def test_a_name_has_no_folders_and_hides_nothing(name: str, shown: str) -> None:
    assert clean(name) == shown


def test_a_long_name_keeps_its_ending() -> None:
    shown = clean("n" * 10_000 + ".pdf")
    assert len(shown) == MAX_NAME
    assert shown.endswith("n….pdf")
    assert len(clean("." + "n" * 10_000)) == MAX_NAME
