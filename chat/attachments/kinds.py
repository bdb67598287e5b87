"""Kinds of files that can be attached: known by their content, whatever they are called. Pure."""

from __future__ import annotations

from typing import NamedTuple

from core.errors import PortalError


class Kind(NamedTuple):
    """What pages call a kind, and the type under which it is downloaded."""

    title: str
    media: str
    is_picture: bool = False


TEXT, PDF, DOCX = "text", "pdf", "docx"
KINDS: dict[str, Kind] = {
    TEXT: Kind("Text", "text/plain; charset=utf-8"),
    PDF: Kind("PDF", "application/pdf"),
    DOCX: Kind("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "png": Kind("Picture", "image/png", is_picture=True),
    "jpeg": Kind("Picture", "image/jpeg", is_picture=True),
    "gif": Kind("Picture", "image/gif", is_picture=True),
    "webp": Kind("Picture", "image/webp", is_picture=True),
}
PICTURES = frozenset(name for name, kind in KINDS.items() if kind.is_picture)
MAGIC = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"%PDF-": PDF,
    b"PK\x03\x04": DOCX,  # or another archive: who reads it finds out
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also of new files with a password
# Why a file is not taken, and what to do. What comes before is its name.
REFUSALS = {
    "empty": "is empty. Attach a file that has something in it.",
    "encrypted": "is protected by a password. Save a copy without one, and attach that.",
    "broken": "is damaged and cannot be read. Open it in its own program, save it again, and "
    "attach that.",
    "scanned": "has no text in it: it is probably a scan. Let a program recognise its text (OCR), "
    "or attach pictures of its pages for a model that sees pictures.",
    "too_much": "takes too much memory or time to read. Attach a part of it, or its text alone.",
    "archive": "is an archive of other files. Attach those that matter one by one.",
    "office": "is an Office file of a kind that cannot be read here. Save it as PDF or CSV, and "
    "attach that.",
    "old_office": "is an Office file with a password or of an old format. Save it as DOCX or PDF "
    "without a password, and attach that.",
    "unknown": "is of a kind that cannot be read here. Text, CSV, PDF, DOCX and pictures (PNG, "
    "JPEG, WebP, GIF) can: save it as one of these.",
}


def refused(name: str, why: str) -> PortalError:
    """Return the error for a file that is not taken, for a reason of REFUSALS."""
    message = f"“{name}” {REFUSALS[why]}"
    return PortalError("unsupported_media_type", message, param="file")


def kind_of(data: bytes) -> str:
    """Return the kind of a file with this content, by how it begins."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), TEXT)
