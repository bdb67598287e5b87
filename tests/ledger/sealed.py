"""A ledger with rows and seals, for tests of what was done to it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from ledger.copying import Copier
from ledger.seal.days import write_seals
from ledger.seal.export import read
from ledger.seal.verify.fault import Fault
from ledger.seal.verify.report import verify
from registry.metering import book
from tests.ledger.journals import begun, ended, write

LATER: dict[str, Any] = {}  # fields of the ends of calls
FIRST = date(2026, 12, 24)


def add(count: int, *, people: int = 3, day: int = 0) -> None:
    """Add calls of some people to the ledger, by the copier of this machine."""
    calls = [
        begun(at=1_798_113_600_000_000 + day * 86_400_000_000 + n, person=str(n % people))
        for n in range(count)
    ]
    folder = book.folder()
    folder.mkdir(parents=True, exist_ok=True)
    journal = write(folder, *(record for call in calls for record in (call, ended(call, **LATER))),
                    name=f"m-{day}-{count}")  # fmt: skip
    journal.close()
    Copier(folder).copy()


def seal(monkeypatch: pytest.MonkeyPatch, day: int = 0) -> None:
    """Make the seal of a day, on the day after it."""
    today, localdate = FIRST + timedelta(days=day + 1), timezone.localdate
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "localdate", lambda at=None: localdate(at) if at else today)
        write_seals()


def faults(lines: str = "", folder: Path | None = None) -> list[Fault]:
    return verify(folder or book.folder(), read(lines.splitlines())).faults


def kinds(lines: str = "") -> set[str]:
    return {fault.kind for fault in faults(lines)}
