"""Bytes → text, in the encoding that they declare, or that is guessed. Pure."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from chat.attachments.notes import GUESSED

BOMS = {  # of UTF-32 first: it begins as that of UTF-16 does
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BINARY = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")  # what no text has


class Decoded(NamedTuple):
    """The text, and what its reader should know of how it was read."""

    text: str
    note: str = ""


def decode(data: bytes) -> Decoded | None:
    """Return the text in `data`; None if it is no text."""
    declared = next((name for bom, name in BOMS.items() if data.startswith(bom)), "")
    try:
        decoded = Decoded(data.decode(declared or "utf-8"))
    except UnicodeDecodeError:
        if declared:
            return None
        decoded = Decoded(_western(data), GUESSED)
    return None if _BINARY.search(decoded.text) else decoded


def _western(data: bytes) -> str:
    """Read Latin-1 as Windows does, with quotes and dashes, if that is possible."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
