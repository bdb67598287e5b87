"""Checks of series: they count, and not for too long."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from queryexpr.expression import Cast, Interval, Series

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker
    from queryexpr.check.scope import Scope

MAX_ELEMENTS = 100_000
MAX_ROWS = 1_000_000  # of the series that one FROM combines
_DATES = 1_000  # how many of them a series is taken to have
_DAYS = {"day", "week", "month", "quarter", "year"}
_PART = r"[1-9]\d{0,3} ?(day|week|month|quarter|year)s?"
_STEP = re.compile(rf"{_PART}( {_PART}){{0,3}}", re.IGNORECASE)


def check_series(checker: Checker, node: Series, pointer: str) -> None:
    """Add an issue for a series that has no end, or too many elements.

    Of dates it has days at least between its elements, so that all the years there are make few.
    """
    step = node.series[2] if node.series[2:] else 1
    if isinstance(step, Interval | Cast):
        if not _is_slow(step):
            message = "A series of dates needs a step such as 1 day, and none shorter."
            checker.wrong("too_large", message, f"{pointer}/series/2")
        return
    numbers = (*node.series[:2], step)
    if not all(_is_number(number) for number in numbers) or not step:
        message = "A series needs numbers that are written out, so that it has an end in sight."
        checker.wrong("too_large", message, pointer)
    elif _size(node) > MAX_ELEMENTS:
        message = f"A series may have at most {MAX_ELEMENTS:,} elements."
        checker.wrong("too_large", message, pointer)


def check_rows(checker: Checker, scope: Scope, pointer: str) -> None:
    """Add an issue for series that make too many rows together."""
    nodes = (getattr(source.node, "unnest", None) for source in scope.sources.values())
    series = [node for node in nodes if isinstance(node, Series)]
    if series[1:] and math.prod(map(_size, series)) > MAX_ROWS:
        message = f"These series make over {MAX_ROWS:,} rows together: make them shorter."
        checker.wrong("too_large", message, pointer)


def _size(node: Series) -> int:
    """Return how many elements it has; of dates, how many it is taken to have."""
    first, last, step = (*node.series, 1)[:3]
    if not (_is_number(first) and _is_number(last) and _is_number(step) and step):
        return _DATES
    return max(0, int((last - first) // step) + 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_slow(step: Interval | Cast) -> bool:
    if isinstance(step, Cast):
        is_text = step.type == "interval" and isinstance(step.cast, str)
        return is_text and _STEP.fullmatch(str(step.cast)) is not None
    return step.unit in _DAYS and isinstance(step.interval, int) and step.interval > 0


def is_time(node: Series) -> bool:
    """Is it a series of dates?"""
    return isinstance(node.series[-1], Interval | Cast)
