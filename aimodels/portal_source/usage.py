"""What was used, as the copies have it: sums of cells, and of each person's days."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from ledger.everyone.cells import MIXED
from ledger.money import sum_by
from ledger.sums import Day, Month
from registry.metering.price import PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OTHERS, NO_GROUP, NO_ONE = "(others)", "(none)", "(no one)"
NAMES = ("model", "provider", "capability", "currency")
TOKENS = ("input", "cached", "output", "reasoning", "images", "cost")
SUMS = ("calls", "failed", "estimated", "unpriced", *TOKENS)
DAY_SUMS = ("calls", "estimated", "unpriced", *TOKENS)
Row = tuple[Any, ...]


def by_model() -> Iterator[Row]:
    """Yield the sums of the cells of each month and model."""
    cells = Month.objects.values_list("month", *NAMES, *SUMS).iterator()
    yield from _added((_names(cell[:5]), cell[5:]) for cell in cells)


def by_group() -> Iterator[Row]:
    """Yield the sums of the cells that each group is in."""
    cells = Month.objects.values_list("month", "groups", *NAMES, *SUMS).iterator()
    yield from _added(
        (_names((cell[0], group or NO_GROUP, *cell[2:6])), cell[6:])
        for cell in cells for group in cell[1].split("\n")
    )  # fmt: skip


def _names(cell: Row) -> Row:
    month, *names = cell
    return month.year, month.month, *(OTHERS if name == MIXED else name for name in names)


def _added(rows: Iterable[tuple[Row, Row]]) -> Iterator[Row]:
    """Yield the sums of rows that have the same names."""
    found: dict[Row, list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for names, sums in rows:
        found[names] = list(map(int.__add__, found[names], sums))
    for names, (*counts, cost) in sorted(found.items()):
        yield *names, *counts, _cost(cost, is_unpriced=counts[0] == counts[3])


def by_person() -> Iterator[Row]:
    """Yield what each person used on each day, by what is alike."""
    users = dict(get_user_model().objects.values_list("pk", "username"))
    names = ("groups", *NAMES[:3], "outcome", "code", "currency")
    sums = {f"{name}_sum": sum_by(name) for name in DAY_SUMS}
    days = Day.objects.order_by("at").values_list("at", "person", *names).annotate(**sums)
    for at, person, groups, *values, cost in days.iterator():
        day, calls, unpriced = timezone.localdate(at).isoformat(), values[6], values[8]
        name = users.get(person, NO_ONE)
        is_unpriced = calls == unpriced
        yield day, name, groups.replace("\n", ", "), *values, _cost(cost, is_unpriced=is_unpriced)


def _cost(parts: int, *, is_unpriced: bool) -> float | None:
    return None if is_unpriced else float(round(Decimal(parts) / PER_UNIT, 6))
