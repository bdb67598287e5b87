"""Checks of aggregates and windows: where they are allowed, and with which operands."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.functions import VALUES_OF_ROWS
from queryexpr.dialects.operators import AGGREGATES
from queryexpr.expression import Aggregate, Window
from queryexpr.walk import walk

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker, Place

_ORDERED = {"string_agg", "array_agg", "json_agg", "jsonb_agg", "list", "mode", "first", "last",
            "percentile_cont", "percentile_disc"}  # fmt: skip
_SIDE = "(preceding|following)"
_BOUND = re.compile(rf"current row|(unbounded|\d{{1,9}}) {_SIDE}")
_OF_TIME = re.compile(rf"\d{{1,9}} (year|month|day|hour|minute|second) {_SIDE}")


def check_grouping(checker: Checker, node: Aggregate, pointer: str, place: Place) -> None:
    """Check an aggregate that is not over a window."""
    if place.clause in ("WHERE", "GROUP BY", "ON", "FROM"):
        message = f"{node.agg!r} is not allowed in {place.clause}: use 'having', after the groups."
        checker.wrong("aggregate", message, pointer)
    if place.aggregate:
        message = f"{node.agg!r} is inside another aggregate: use a query in FROM."
        checker.wrong("aggregate", message, pointer)
    check_aggregate(checker, node, pointer)


def check_aggregate(checker: Checker, node: Aggregate, pointer: str) -> None:
    """Add an issue unless the dialect has the aggregate, with these operands and this order."""
    known = _aggregates(checker.dialect if checker.native else None)
    checker.check_arity(node.agg, len(node.args), known, pointer, "aggregate")
    if node.agg == "count" and node.distinct and not node.args:
        checker.wrong("operands", "'count' with 'distinct' needs an operand.", pointer)
    counts = node.agg == "count" and node.distinct
    if not counts and any(getattr(part, "op", "") == "row" for part, _ in walk(node)):
        checker.wrong("operands", "'row' is only for 'count' with 'distinct'.", pointer)
    if node.order_by and node.agg not in _ORDERED:
        checker.wrong("operands", f"{node.agg!r} takes no 'order_by'.", f"{pointer}/order_by")
    needs_order = node.agg.startswith("percentile") or (node.agg == "mode" and not node.args)
    if needs_order and not node.order_by:
        message = f"{node.agg!r} needs 'order_by', with the value that it takes."
        checker.wrong("operands", message, pointer)


@cache
def _aggregates(dialect: Dialect | None) -> dict[str, tuple[int, int]]:
    own = dialect.aggregates if dialect else {}
    return AGGREGATES | {name.lower(): bounds for name, bounds in own.items()}


def check_window(checker: Checker, node: Window, pointer: str, place: Place) -> None:
    """Check where a window is, and its frame. Its function is checked apart."""
    if place.clause in ("WHERE", "GROUP BY", "ON", "HAVING", "FROM"):
        message = f"A window is not allowed in {place.clause}: use a query in FROM."
        checker.wrong("window", message, pointer)
    if place.aggregate or place.window:
        checker.wrong("window", "A window is not allowed inside an aggregate.", pointer)
    frame = node.frame
    bounds = [b for b in (frame.start, frame.end) if b] if frame else []
    of_time = frame is not None and frame.frame == "range" and len(node.order_by) == 1
    if not all(_BOUND.fullmatch(b) or (of_time and _OF_TIME.fullmatch(b)) for b in bounds):
        message = (
            "The bound of a frame is such as 'unbounded preceding', '3 preceding', 'current row'."
        )
        checker.wrong("window", message, f"{pointer}/frame")
    if node.ignore_nulls and getattr(node.window, "fn", "") not in VALUES_OF_ROWS:
        message = "'ignore_nulls' is for functions that take a value of another row, such as 'lag'."
        checker.wrong("window", message, f"{pointer}/ignore_nulls")
