"""The condition of a join names tables before it, and its own."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from queryexpr.check.scope import Scope
from queryexpr.expression import Column
from queryexpr.walk import walk

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


def check_order(checker: Checker, on: Any, scope: Scope, count: int, pointer: str) -> None:
    """Add an error for a column of a table that is joined later: of all but the first `count`."""
    if on is None or checker.dialect.on_looks_ahead or count == len(scope.sources):
        return
    before = replace(scope, sources=dict(islice(scope.sources.items(), count)))
    for node, _ in walk((on,)):
        if not isinstance(node, Column) or before.find(node.column, node.table):
            continue
        if later := scope.own(node.column, node.table):
            name = later[0][0].alias
            message = f"ON names {name!r}, which is joined later: join it before, or use WHERE."
            checker.wrong("unknown_table", message, pointer)
            return
