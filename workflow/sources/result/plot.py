"""Which plot suits a result: a simple, predictable rule. In doubt, none."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext

from workflow.sources.result.result import Result
from workflow.sources.result.table import Cell

MIN_ROWS, MAX_BARS, MAX_POINTS = 2, 50, 1000
_ISO = re.compile(
    r"\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?)?", re.ASCII
)
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?")
_FIRST = re.compile(r"(\d{4}-\d\d)-01")
_STEPS = {"year", "quarter", "month", "week", "day", "hour"}  # columns that count time
Kind = Literal["bar", "line"]


@dataclass(frozen=True, slots=True)
class Plot:
    """Data of a plot: a bar for each label, or a line through the values in labels' order."""

    kind: Kind
    title: str
    label: str
    value: str
    labels: tuple[str, ...]
    values: tuple[float, ...]


def suggest_plot(result: Result) -> Plot | None:
    """Return a plot of a complete result of two columns, labels and numbers, else None.

    Labels must be unique, and no cell empty. It is a line if labels are dates, otherwise bars.
    """
    if result.truncated or len(result.columns) != 2:
        return None
    if not MIN_ROWS <= len(result.rows) <= MAX_POINTS:
        return None
    at = _label_at(result)
    if at is None:
        return None
    cells = [row[at] for row in result.rows]
    values = [_number(row[1 - at]) for row in result.rows]
    labels = [str(cell) for cell in cells if cell not in (None, "")]
    numbers = [value for value in values if value is not None]
    if not len(set(labels)) == len(numbers) == len(cells):
        return None
    plot = _plot(result, at, labels, numbers)
    return plot if plot.kind == "line" or len(cells) <= MAX_BARS else None


def _label_at(result: Result) -> int | None:
    """Return which of the two columns has the labels."""
    numbers = [kind == "number" for kind in result.kinds]
    if numbers == [False, True] or numbers == [True, False]:
        at = numbers.index(False)
        return at if result.kinds[at] in ("text", "time") else None
    counts = result.columns[0].lower() in _STEPS and result.columns[1].lower() not in _STEPS
    return 0 if all(numbers) and counts else None


def _plot(result: Result, at: int, labels: list[str], values: list[float]) -> Plot:
    label, value = result.columns[at], result.columns[1 - at]
    kind: Kind = "bar"
    pairs = list(zip(labels, values, strict=True))
    if result.kinds[at] == "time" or all(_ISO.fullmatch(text) for text in labels):
        kind, pairs = "line", sorted(pairs)
    elif result.kinds[at] == "number":
        kind, pairs = "line", sorted(pairs, key=lambda pair: float(pair[0]))
    ordered, heights = zip(*pairs, strict=True)
    ordered = _shorter(ordered) if kind == "line" else ordered
    title = gettext("{value} by {label}").format(value=value, label=label)
    return Plot(kind, title, label, value, ordered, heights)


def _shorter(times: tuple[str, ...]) -> tuple[str, ...]:
    """Return times without what all have: midnight with its zone, the first of a month."""
    for pattern in (_MIDNIGHT, _FIRST):
        if all(pattern.fullmatch(text) for text in times):
            times = tuple(pattern.sub(r"\1", text) for text in times)
    return times


def _number(cell: Cell) -> float | None:
    """Return the cell as a number. Large and exact numbers arrive as text."""
    if cell is None or isinstance(cell, bool):
        return None
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
