"""Whom people ask if something does not work: the setting PORTAL_CONTACT."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

MAX_LENGTH = 200
_MAIL = re.compile(r"[^\s@<>\"'?&%,;:/]+@[^\s@<>\"'?&%,;:/]+\.[^\s@<>\"'?&%,;:/]+")


class Contact(NamedTuple):
    """A mail address, an address of the web, or words. `href` is empty for words."""

    text: str
    href: str = ""


def read(value: str) -> Contact | None:
    """Return the contact in the setting's value, or None. Raises ValueError for an invalid one."""
    text = value.strip()
    if len(text) > MAX_LENGTH or not text.isprintable():
        raise ValueError(f"at most {MAX_LENGTH} characters on one line")
    if "://" in text:
        url = urlsplit(text)
        if url.scheme not in ("http", "https") or not url.hostname or " " in text:
            raise ValueError("an address that begins with https:// or http://")
        return Contact(text, text)
    if _MAIL.fullmatch(text):
        return Contact(text, f"mailto:{text}")
    return Contact(text) if text else None


def in_templates(request: object) -> dict[str, Contact | None]:
    """Return the template variable `contact`. It is a context processor of Django."""
    return {"contact": read(settings.PORTAL_CONTACT)}
