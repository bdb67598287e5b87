"""What a person used, as CSV: a line for each day and model, read a month at a time."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

from core.spreadsheets import BOM, safe
from ledger.usage.figures import usage_of
from ledger.usage.period import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from ledger.usage.figures import Figures

COLUMNS = ("day", "model", "calls", "not_ok", "estimated", "input", "cached", "output",
           "reasoning", "images", "cost", "currency", "unpriced")  # fmt: skip


DAYS = 31  # whose lines are in memory at once


def to_csv(person: int, period: Period) -> Iterator[str]:
    """Yield what a person used as CSV, in pieces; the first has the names of the columns."""
    yield BOM + _text([COLUMNS])
    for first in period.days[::DAYS]:
        last = min(first + timedelta(days=DAYS - 1), period.last)
        if rows := usage_of(person, Period(first, last)).rows:
            yield _text(_lines(rows))


def _text(lines: Iterable[Sequence[object]]) -> str:
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(lines)
    return target.getvalue()


def _lines(rows: Mapping[tuple[date, str], Figures]) -> Iterator[list[object]]:
    """Yield the lines of each day and model, one for each currency."""
    for (day, model), figures in sorted(rows.items()):
        costs: list[tuple[str, Decimal | None]] = [*sorted(figures.costs.items())]
        for number, (currency, cost) in enumerate(costs or [("", None)]):
            counts = _counts(figures) if number == 0 else [0] * 8
            unpriced = figures.unpriced if number == 0 else 0
            yield [day.isoformat(), safe(model), *counts, _amount(cost), currency, unpriced]


def _counts(figures: Figures) -> list[int]:
    return [
        figures.calls, figures.failed, figures.estimated, figures.input, figures.cached,
        figures.output, figures.reasoning, figures.images,
    ]  # fmt: skip


def _amount(cost: Decimal | None) -> Decimal | str:
    return "" if cost is None else cost.normalize() + 0
