"""
Writes the cells of a month, once, when the month is over.

They stay as they are: neither a late row nor the erasure of a person changes them, so no two
answers of the page differ by what a few people did. They are deleted as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q, Sum
from django.utils import timezone

from ledger.everyone.cells import NAMES, SUMS, Cell, divide
from ledger.lock import lock
from ledger.money import sum_by
from ledger.sums import Day, Month
from ledger.usage.period import following

if TYPE_CHECKING:
    from collections.abc import Iterator

LATE = timedelta(days=1)  # rows of the last minutes come after the month


def write_months() -> None:
    """Write the cells of the months that are over, and delete those that are too old."""
    if oldest := _oldest():
        Month.objects.filter(month__lt=oldest).delete()
    first = Day.objects.aggregate(first=Min("at"))["first"]
    if not first:
        return
    month = max(timezone.localdate(first).replace(day=1), oldest or date.min)
    while _begin(following(month)) + LATE <= timezone.now():
        _write(month)
        month = following(month)


def _oldest() -> date | None:
    """Return the first month of which no day has been deleted."""
    if not settings.LEDGER_DAYS:
        return None
    end = timezone.localdate() - timedelta(days=settings.LEDGER_DAYS - 1)
    return end if end.day == 1 else following(end)


def _write(month: date) -> None:
    with transaction.atomic():
        lock()
        if not Month.objects.filter(month=month).exists():
            cells = divide(_parts(month))
            Month.objects.bulk_create(Month(month=month, **_fields(cell)) for cell in cells)


def _fields(cell: Cell) -> dict[str, Any]:
    return dict(zip((*NAMES, *SUMS), (*cell.names, *cell.sums), strict=True))


def _parts(month: date) -> Iterator[Cell]:
    """Yield what was used of each model by people of the same groups. No one is no person."""
    days = Day.objects.filter(at__gte=_begin(month), at__lt=_begin(following(month)))
    failed = Sum("calls", filter=~Q(outcome="ok"), default=0)
    sums = {f"{name}_sum": failed if name == "failed" else sum_by(name) for name in SUMS}
    found: dict[tuple[str, ...], tuple[list[int], set[int]]] = defaultdict(
        lambda: ([0] * len(SUMS), set())
    )
    for row in days.values_list("person", *NAMES).annotate(**sums).iterator():
        totals, people = found[row[1 : len(NAMES) + 1]]
        totals[:] = map(int.__add__, totals, row[len(NAMES) + 1 :])
        people |= {row[0]} - {0}
    for names, (totals, people) in found.items():
        yield Cell(names, tuple(totals), frozenset(people))


def _begin(month: date) -> datetime:
    return timezone.make_aware(datetime.combine(month, time.min))
