"""Journals for tests of the ledger: calls as a process writes them."""

from __future__ import annotations

import os
from pathlib import Path

from core.journal.journal import Journal
from registry.metering.price import Price
from registry.metering.records import Begun, Chosen, Ended, encoder
from registry.metering.tokens import Tokens

NOON = 1_798_113_600_000_000  # 2026-12-24 12:00 UTC, in microseconds
PRICE = Price("EUR", "", 2_000_000, 1_000_000, 2_000_000, 8_000_000, 8_000_000)
EXPECTED, USED = Tokens(100, 50), Tokens(1000, 200)


def begun(
    *, at: int = NOON, person: str = "7", model: str = "rock:slate", prices=(PRICE,), **more: object
) -> Begun:
    """A call that begins at noon, of a model with a price."""
    chosen = Chosen("chat", "rock", "", model, "", "default", "", "r1", tuple(prices))
    fields = {"request": "q-1", "token": "token abcd", "groups": ("b", "a"), "door": "/v1/x",
              "sent": 400, "expected": EXPECTED}  # fmt: skip
    return Begun(os.urandom(16), at, person=person, chosen=chosen, **(fields | more))  # type: ignore[arg-type]


def ended(call: Begun, outcome: str = "ok", tokens: Tokens = USED, **more: object) -> Ended:
    """Its end, after a second."""
    fields = {"code": "", "took": 1_000_000, "first": 200_000,
              "prompt": b"p" * 32, "answer": b"a" * 32, "reported": "slate-2"}  # fmt: skip
    return Ended(call.key, outcome, tokens=tokens, **(fields | more))  # type: ignore[arg-type]


def write(
    folder: Path, *records: Begun | Ended, name: str = "m-1-1", size: int = 4 << 20
) -> Journal:
    """Write records to a journal, whose process lives until it is closed."""
    journal = Journal(folder, name, size)
    append(journal, *records)
    return journal


def append(journal: Journal, *records: Begun | Ended) -> None:
    for record in records:
        journal.append(encoder.encode(record))
