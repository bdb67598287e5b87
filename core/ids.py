"""Identifiers of requests and answers."""

from __future__ import annotations

import random

_random = random.Random()  # noqa: S311 — seeded by the system; unique is all that its numbers are


def new_id() -> str:
    """Return 24 hex digits that name a request or an answer. They are unique, not secret."""
    return f"{_random.getrandbits(96):024x}"  # without a call of the system, as `secrets` makes
