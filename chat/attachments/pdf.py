"""The text of a PDF. It runs in a process of its own: see `child`."""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, LimitReachedError, WrongPasswordError

from chat.attachments.notes import PAGES
from chat.attachments.unreadable import Unreadable


def read(data: bytes, limit: int) -> tuple[str, str]:
    """Return the text of all pages, and a note. Raises Unreadable, and what pypdf raises."""
    try:
        return _read(data, limit)
    except LimitReachedError:
        raise Unreadable("too_much") from None
    except (FileNotDecryptedError, WrongPasswordError):
        raise Unreadable("encrypted") from None


def _read(data: bytes, limit: int) -> tuple[str, str]:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("encrypted")
    pages: list[str] = []
    for page in reader.pages:
        pages.append(page.extract_text().strip())
        limit -= len(pages[-1])
        if limit < 0:
            raise Unreadable("too_much")
    without = pages.count("")
    if without == len(pages):
        raise Unreadable("scanned")
    note = PAGES.format(without=without, pages=len(pages)) if without else ""
    return "\n\n".join(filter(None, pages)), note
