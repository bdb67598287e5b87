"""The results as tables for a terminal."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from bench.measures import MEASURES
from bench.run import Results

TITLE, CELL = 44, 24


def table(results: Results) -> str:
    """Return medians with their spread, a row for each metric, a column for each target."""
    targets = list(results.values)
    lines = [
        "median (lowest – highest round)".ljust(TITLE) + "".join(t.rjust(CELL) for t in targets)
    ]
    for measure in MEASURES.values():
        for metric in measure.metrics:
            cells = [results.values[target].get(metric.key, []) for target in targets]
            if any(cells):
                title = f"{metric.title}{', ' if metric.unit else ''}{metric.unit}"
                lines.append(title.ljust(TITLE) + "".join(cell(c).rjust(CELL) for c in cells))
    return "\n".join(lines)


def could_not_run(results: Results) -> str:
    return "\n".join(
        f"could not run: {what}, because {why}" for what, why in results.left_out.items()
    )


def cell(values: Sequence[float]) -> str:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "–"
    middle, low, high = (number(v) for v in (statistics.median(known), min(known), max(known)))
    return middle if low == high else f"{middle} ({low}–{high})"


def number(value: float) -> str:
    """Return `value` to three figures."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.{max(2 - math.floor(math.log10(abs(value))), 0)}f}"
