"""Checks of numbers of columns: of queries that are values, and of places in ORDER BY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.scope import Output, Scope
from queryexpr.dialects.operators import QUANTIFIED
from queryexpr.expression import Node, Op, Sort, Subquery
from queryexpr.walk import children

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_OF_ROWS = {"exists", "not exists", *QUANTIFIED}


def check_widths(checker: Checker, node: Node, scope: Scope, pointer: str) -> None:
    """Add an error for an operand that is a query of several columns."""
    if isinstance(node, Op) and (node.op in _OF_ROWS or len(node.args) > 2):
        return
    for child in children(node):
        check_width_of(checker, child, scope, pointer)


def check_width_of(checker: Checker, value: Any, scope: Scope, pointer: str) -> None:
    """Add an error for a value that is a query of several columns."""
    width = len(scope.families(value)) if isinstance(value, Subquery) else 1
    if width > 1:
        message = f"A query that is a value has one column; this one has {width}."
        checker.wrong("column_count", message, pointer)


def check_places(
    checker: Checker, sorts: tuple[Sort, ...], outputs: list[Output] | None, pointer: str
) -> None:
    """Add an error for a number in ORDER BY that is no column of the result."""
    for number, sort in enumerate(sorts):
        place = sort.by
        if not isinstance(place, int) or isinstance(place, bool) or outputs is None:
            continue
        if place == 0 or place > len(outputs):
            message = f"ORDER BY {place}: the result has {len(outputs)} columns, from 1."
            checker.wrong("order_by", message, f"{pointer}/{number}")
