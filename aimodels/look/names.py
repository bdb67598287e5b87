"""The portal's name, as the header and the titles of pages show it."""

from __future__ import annotations

MAX_LENGTH = 40


def name(text: str) -> str:
    """Return a name of one short line. Raises ValueError."""
    short = text.strip()
    if not short or len(short) > MAX_LENGTH or not short.isprintable():
        raise ValueError
    return short
