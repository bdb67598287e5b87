"""Two columns of one name in a query of FROM or WITH, which databases treat in their own ways."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from queryexpr.check.scope import Output, Source
from queryexpr.expression import Column, Item, Select

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


def check_unique(
    checker: Checker, outputs: list[Output] | None, pointer: str, *, warns: bool = True
) -> None:
    """Add an issue for each name of two columns: an error where the dialect refuses them."""
    names = Counter(checker.key(output.name) for output in outputs or [] if output.name)
    is_wrong = checker.dialect.duplicate_columns == "error"
    for name in (name for name, times in names.items() if times > 1):
        message = f"The query in FROM has two columns named {name!r}: give one an alias."
        if is_wrong or warns:
            severity = "error" if is_wrong else "warning"
            checker.wrong("duplicate_alias", message, pointer, severity=severity)


def check_use(checker: Checker, node: Column, source: Source, pointer: str) -> None:
    """Add an error for a name that is that of two columns of a query."""
    if checker.dialect.duplicate_columns == "first" or source.table is not None:
        return
    name = checker.key(node.column)
    if sum(checker.key(output.name) == name for output in source.outputs) > 1:
        of = repr(source.alias) if source.alias else "the result"
        message = f"{node.column!r} is the name of two columns of {of}: change one."
        checker.wrong("ambiguous_column", message, pointer)


def check_sorts(checker: Checker, node: Select, pointer: str) -> None:
    """Add an error for a name in ORDER BY that is that of two columns of the result."""
    if checker.dialect.duplicate_columns == "first":
        return
    for number, sort in enumerate(node.order_by):
        if not isinstance(sort.by, Column) or sort.by.table:
            continue
        name = checker.key(sort.by.column)
        values = [item.expr for item in node.select if checker.key(_called(item)) == name]
        if any(not _is_same(values[0], value) for value in values[1:]):
            message = f"ORDER BY {sort.by.column!r} may mean two columns of the result: change one."
            checker.wrong("ambiguous_column", message, f"{pointer}/order_by/{number}")


def _called(item: Item) -> str:
    return item.alias or (item.expr.column if isinstance(item.expr, Column) else "")


def _is_same(one: Any, other: Any) -> bool:
    """Are they the same value, or one column, whose table is named once?"""
    if isinstance(one, Column) and isinstance(other, Column) and not (one.table and other.table):
        return one.column.lower() == other.column.lower()
    return bool(one == other)
