"""Numbers of several rounds, and as people read them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def known(values: Sequence[float]) -> list[float]:
    """Return those that were measured."""
    return [value for value in values if not math.isnan(value)]


def median(values: Sequence[float]) -> float:
    """Return the median of those that were measured; not a number if none was."""
    numbers = known(values)
    return statistics.median(numbers) if numbers else math.nan


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the others do not exceed; not a number if there are none."""
    if not values:
        return math.nan
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def number(value: float) -> str:
    """Return `value` to three figures, small ones to two; thousands as k from ten on."""
    if abs(value) >= 10_000:
        return f"{value / 1000:,.1f}k"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    figures = 2 if abs(value) >= 0.1 else 1
    return f"{value:.{max(figures - math.floor(math.log10(abs(value))), 0)}f}"
