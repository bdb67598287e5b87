"""Checks of ORDER BY: what a row may be ordered by, where only some of its values are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.checker import Place
from queryexpr.check.scope import Scope
from queryexpr.expression import Column, Item, Node, Sort, Star

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

DISTINCT = "With DISTINCT, rows are ordered by what SELECT shows: add this to it."
SETS = "The rows of several queries are ordered by their columns, not by what is computed of them."
_BY_NAME = Place("ORDER BY", "first", subject=True)
_COMPUTED = Place("ORDER BY", "expand")


def checked_sorts(
    checker: Checker, sorts: tuple[Sort, ...], scope: Scope, pointer: str
) -> tuple[Sort, ...]:
    """Return ORDER BY with exact names. A whole number there is a column of the result.

    Where the names of results mean nothing inside of a computed value, what they stand for does.
    """
    if checker.dialect.results_in_computed_order:
        return checker.values.every(sorts, scope, pointer, _BY_NAME)
    return tuple(
        checker.values.value(
            sort, scope, f"{pointer}/{number}", _COMPUTED if _is_computed(sort.by) else _BY_NAME
        )
        for number, sort in enumerate(sorts)
    )


def check_distinct(
    checker: Checker, items: tuple[Item, ...], sorts: tuple[Sort, ...], pointer: str
) -> None:
    """Add an error for what DISTINCT has left no value of."""
    if checker.dialect.distinct_orders_all:
        return
    for number, sort in enumerate(sorts):
        if isinstance(sort.by, Node) and not any(_shows(item, sort.by) for item in items):
            checker.wrong("order_by", DISTINCT, f"{pointer}/{number}")


def check_set(checker: Checker, sorts: tuple[Sort, ...], pointer: str) -> None:
    """Add an error for a computed value, where the rows are those of several queries."""
    for number, sort in enumerate(sorts):
        if not checker.dialect.sets_order_computed and _is_computed(sort.by):
            checker.wrong("order_by", SETS, f"{pointer}/{number}")


def _is_computed(by: Any) -> bool:
    return isinstance(by, Node) and not isinstance(by, Column)


def _shows(item: Item, by: Any) -> bool:
    """Is it an item of SELECT, or may it be one of a star's?"""
    if isinstance(item.expr, Star) or item.expr == by:
        return isinstance(by, Column) or item.expr == by
    if not isinstance(by, Column):
        return False
    same = isinstance(item.expr, Column) and item.expr.column == by.column
    is_alias = by.table is None and (item.alias or "").lower() == by.column.lower()
    return is_alias or (same and (by.table is None or getattr(item.expr, "table", None) is None))
