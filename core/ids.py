"""Unique IDs of requests, answers and receipts."""

from __future__ import annotations

import random

_random = random.Random()  # noqa: S311 — not for secrets: the IDs only have to be unique


def as_uuid(key: bytes) -> str:
    """Return 16 bytes as the text of a UUID. Faster than the class."""
    text = key.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_id() -> str:
    """Return 24 hex digits that name a request or an answer. They are unique, not secret."""
    return f"{_random.getrandbits(96):024x}"  # `secrets` would make a system call
