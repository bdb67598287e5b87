"""What a person used, as CSV: a line for each day and model."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from core.spreadsheets import BOM, safe

if TYPE_CHECKING:
    from decimal import Decimal

    from ledger.usage.figures import Figures, Usage

COLUMNS = ("day", "model", "calls", "not_ok", "estimated", "input", "cached", "output",
           "reasoning", "images", "cost", "currency", "unpriced")  # fmt: skip


def to_csv(usage: Usage) -> str:
    """Return the lines, one for each currency; the first has the names of the columns."""
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for (day, model), figures in sorted(usage.rows.items()):
        costs: list[tuple[str, Decimal | None]] = [*sorted(figures.costs.items())]
        costs = costs or [("", None)]
        for number, (currency, cost) in enumerate(costs):
            counts = _counts(figures) if number == 0 else [0] * 8
            unpriced = figures.unpriced if number == 0 else 0
            amount = _amount(cost)
            writer.writerow([day.isoformat(), safe(model), *counts, amount, currency, unpriced])
    return BOM + target.getvalue()


def _counts(figures: Figures) -> list[int]:
    return [
        figures.calls, figures.failed, figures.estimated, figures.input, figures.cached,
        figures.output, figures.reasoning, figures.images,
    ]  # fmt: skip


def _amount(cost: Decimal | None) -> Decimal | str:
    return "" if cost is None else cost.normalize() + 0
