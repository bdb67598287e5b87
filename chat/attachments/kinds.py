"""Kinds of files that can be attached: known by their content, whatever they are called. Pure."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from core.errors import PortalError, Sentence


class Kind(NamedTuple):
    """What pages call a kind, and the type under which it is downloaded."""

    title: str
    media: str
    is_picture: bool = False


PICTURE = _("Picture")
TEXT, PDF, DOCX = "text", "pdf", "docx"
KINDS: dict[str, Kind] = {
    TEXT: Kind(_("Text"), "text/plain; charset=utf-8"),
    PDF: Kind("PDF", "application/pdf"),
    DOCX: Kind("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "png": Kind(PICTURE, "image/png", is_picture=True),
    "jpeg": Kind(PICTURE, "image/jpeg", is_picture=True),
    "gif": Kind(PICTURE, "image/gif", is_picture=True),
    "webp": Kind(PICTURE, "image/webp", is_picture=True),
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
# Why a file is not taken, and what to do.
REFUSALS = {
    "empty": _("“{name}” is empty. Attach a file that has something in it."),
    "encrypted": _(
        "“{name}” is protected by a password. Save a copy without one, and attach that."
    ),
    "broken": _(
        "“{name}” is damaged and cannot be read. Open it in its own program, save it again, and "
        "attach that."
    ),
    "scanned": _(
        "“{name}” has no text in it: it is probably a scan. Let a program recognise its text "
        "(OCR), or attach pictures of its pages for a model that sees pictures."
    ),
    "too_much": _(
        "“{name}” takes too much memory or time to read. Attach a part of it, or its text alone."
    ),
    "archive": _("“{name}” is an archive of other files. Attach those that matter one by one."),
    "office": _(
        "“{name}” is an Office file of a kind that cannot be read here. Save it as PDF or CSV, "
        "and attach that."
    ),
    "old_office": _(
        "“{name}” is an Office file with a password or of an old format. Save it as DOCX or PDF "
        "without a password, and attach that."
    ),
    "unknown": _(
        "“{name}” is of a kind that cannot be read here. Text, CSV, PDF, DOCX and pictures (PNG, "
        "JPEG, WebP, GIF) can: save it as one of these."
    ),
}


def refused(name: str, why: str) -> PortalError:
    """Return the error for a file that is not taken, for a reason of REFUSALS."""
    sentences = [Sentence(REFUSALS[why], name=name)]
    return PortalError("unsupported_media_type", sentences, param="file")


def kind_of(data: bytes) -> str:
    """Return the kind of a file with this content, by how it begins."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return next((kind for magic, kind in MAGIC.items() if data.startswith(magic)), TEXT)
