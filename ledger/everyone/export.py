"""What the page of all people's usage shows, as CSV: a line for each name and currency."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from core.spreadsheets import BOM, safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.everyone.report import Report

COLUMNS = ("calls", "failed", "estimated", "input", "cached", "output", "reasoning", "images",
           "unpriced")  # fmt: skip


def to_csv(report: Report) -> str:
    """Return the table of the page. The counts are in the first line of a name only."""
    lines: list[list[object]] = [["from", "until", report.query.by, *COLUMNS, "cost", "currency"]]
    days = [day.isoformat() for day in report.query.period]
    for name, figures in report.names.items():
        counts: list[object] = [getattr(figures, column) for column in COLUMNS]
        costs: list[tuple[object, str]]
        costs = [(cost.normalize() + 0, currency) for currency, cost in figures.costs.items()]
        for amount, currency in costs or [("", "")]:
            lines.append([*days, safe(name), *counts, amount, currency])
            counts = [0] * len(COLUMNS)
    return text_of(lines)


def text_of(lines: Iterable[list[object]]) -> str:
    """Return lines as CSV that spreadsheets read."""
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(lines)
    return BOM + target.getvalue()
