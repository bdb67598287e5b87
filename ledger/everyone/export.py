"""What the page of all people's usage shows, as CSV: a line for each name and currency."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from core.spreadsheets import BOM, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from ledger.everyone.report import Report

COLUMNS = ("calls", "failed", "estimated", "input", "cached", "output", "reasoning", "images",
           "unpriced")  # fmt: skip


def to_csv(report: Report) -> str:
    """Return the table of the page. The counts are in the first line of a name only."""
    days = [day.isoformat() for day in report.query.period]
    lines: Iterator[list[object]] = (
        [*days, safe(name), *counts, "" if cost is None else cost, currency]
        for name, counts, cost, currency in lines_of(report)
    )
    return text_of([["from", "until", report.query.by, *COLUMNS, "cost", "currency"], *lines])


def lines_of(report: Report) -> Iterator[tuple[str, list[int], Decimal | None, str]]:
    """Yield a name, its counts, a cost and its currency; without a price, the last are empty."""
    for name, figures in report.names.items():
        counts = [getattr(figures, column) for column in COLUMNS]
        costs: list[tuple[Decimal | None, str]]
        costs = [(cost.normalize() + 0, currency) for currency, cost in figures.costs.items()]
        for amount, currency in costs or [(None, "")]:
            yield name, counts, amount, currency
            counts = [0] * len(COLUMNS)


def text_of(lines: Iterable[list[object]]) -> str:
    """Return lines as CSV that spreadsheets read, from its beginning."""
    return BOM + csv_of(lines)


def csv_of(lines: Iterable[list[object]]) -> str:
    """Return lines as CSV."""
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(lines)
    return target.getvalue()
