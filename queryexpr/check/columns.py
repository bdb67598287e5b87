"""Issues about names of columns and tables in values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.scope import Scope
from queryexpr.expression import Column
from queryexpr.issues import did_you_mean

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


def ambiguous(checker: Checker, node: Column, matches: list[Any], pointer: str) -> None:
    """Add an issue for the name."""
    options = tuple(f"{source.alias}.{output.name}" for source, output in matches)
    message = f"{node.column!r} may be {' or '.join(options)}: name its table."
    checker.wrong("ambiguous_column", message, pointer, near=options)


def unknown_column(
    checker: Checker, node: Column, scope: Scope, pointer: str, remedy: str = ""
) -> None:
    """Add an issue for the name."""
    if node.table is not None and scope.source(node.table) is None:
        unknown_alias(checker, node.table, scope, pointer)
        return
    sources = [scope.source(node.table)] if node.table else list(scope.every())
    names = [o.name for s in sources if s for o in (s.columns or {}).values()]
    near = checker.near(node.column, dict.fromkeys(names))
    subject = f"{node.table!r} has no" if node.table else "No table in FROM has a"
    message = f"{subject} column {node.column!r}.{checker.holders(node.column)}"
    checker.wrong("unknown_column", message + did_you_mean(near) + remedy, pointer, near=near)


def unknown_alias(checker: Checker, table: str, scope: Scope, pointer: str) -> None:
    """Add an issue for the name."""
    if scope.around and scope.around.source(table):
        message = (
            f"This join does not see {table!r}, which a comma or parentheses separate from it:"
            " write CROSS JOIN in place of the comma."
        )
        checker.wrong("unknown_alias", message, pointer)
        return
    near = checker.near(table, [source.alias for source in scope.every()])
    message = f"FROM has no table {table!r}.{did_you_mean(near)}"
    checker.wrong("unknown_alias", message, pointer, near=near)
