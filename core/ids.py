"""Unique IDs of requests and answers."""

from __future__ import annotations

import random

_random = random.Random()  # noqa: S311 — not for secrets: the IDs only have to be unique


def new_id() -> str:
    """Return 24 hex digits that name a request or an answer. They are unique, not secret."""
    return f"{_random.getrandbits(96):024x}"  # `secrets` would make a system call
