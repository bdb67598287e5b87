"""What people used in two months that are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

from django.utils import timezone

from ledger import rollup
from ledger.everyone.months import LATE, write_months
from ledger.sums import Day

SUMS = {"estimated": 0, "unpriced": 0, "input": 10, "cached": 0, "output": 1, "reasoning": 0,
        "images": 0, "cost": 10**12, "took": 5}  # fmt: skip


def noon(months: int) -> datetime:
    """Return the tenth day of the month so many months ago, at its begin.

    On the first day of a month, the one before is not over for cells.
    """
    day = (timezone.localtime() - LATE).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=10)


def use(person: int, model: str = "a:x", months: int = 1, **more: object) -> None:
    """Store the sums of a call of one person."""
    fields = {"groups": "staff", "capability": "chat", "outcome": "ok", "currency": "EUR",
              "calls": 1, "token": "", "code": ""}  # fmt: skip
    day = Day.objects.create(at=noon(months), person=person, model=model,
                             provider=model.partition(":")[0], **(SUMS | fields | more))  # fmt: skip
    key = tuple(getattr(day, name) for name in rollup.ALIKE)
    rollup.add_to_rollups({key: [getattr(day, name) for name in rollup.SUMS]})


def use_two_months() -> None:
    """Seven people and a model of all, one of six, and one of two, in two months."""
    for months, person in product((1, 2), range(1, 8)):
        use(person, months=months)
        if person < 7:
            use(person, "a:y", months=months, groups="staff\nsales")
        if person < 3:
            use(person, "b:z", months=months)
    write_months()
