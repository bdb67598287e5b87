"""
Prints how many bytes an export for finance takes at most, of each of some numbers of days.

It is a program: `python -m tests.ledger.measure_focus 10 100`. Its database is in memory.
"""

from __future__ import annotations

import os
import sys
import tracemalloc
from datetime import date, datetime, time, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
django.setup()

from django.db import connection  # noqa: E402 — they need the settings
from django.utils import timezone  # noqa: E402

from ledger.everyone.focus import to_focus  # noqa: E402
from ledger.everyone.query import Query  # noqa: E402
from ledger.sums import Rollup  # noqa: E402
from tests.ledger.used_months import SUMS  # noqa: E402

FIRST, EACH = date(2026, 1, 1), 300  # sums of a day


def fill(days: int) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Rollup)
    for number in range(days):
        midnight = datetime.combine(FIRST + timedelta(days=number), time.min)
        Rollup.objects.bulk_create(
            Rollup(
                kind="day", at=timezone.make_aware(midnight), groups=f"team-{place}", model="a:x",
                capability="chat", provider="a", outcome="ok", currency="EUR", calls=1, **SUMS,
            )
            for place in range(EACH)
        )  # fmt: skip


def peak(days: int) -> tuple[int, int]:
    """Return the most bytes that were held at once, and the lines."""
    fields = {"from": f"{FIRST}", "until": f"{FIRST + timedelta(days=days - 1)}"}
    tracemalloc.start()
    lines = sum(piece.count("\n") for piece in to_focus(Query.read(fields, sees_people=True)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most, lines


if __name__ == "__main__":
    numbers = [int(number) for number in sys.argv[1:]]
    fill(max(numbers))
    peak(1)  # what is loaded once
    for number in numbers:
        sys.stdout.write(" ".join(map(str, peak(number))) + "\n")
