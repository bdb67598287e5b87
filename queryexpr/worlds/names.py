"""Which columns of tables a column of a query means, also through the queries in its FROM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.check.checker import Checked
from queryexpr.check.scope import Scope
from queryexpr.expression import Aggregate, Column, Window
from queryexpr.schema.catalogue import Table
from queryexpr.walk import walk
from queryexpr.worlds.world import Key

MAX_DEPTH = 4  # of queries in FROM


class Names:
    """The columns of one checked query."""

    def __init__(self, checked: Checked) -> None:
        self.blocks = [(select, scope) for select, scope, _ in checked.blocks]
        self._items: dict[str, list[tuple[Any, Scope]]] = {}
        for select, scope in self.blocks:
            for item in select.select:
                name = item.alias or getattr(item.expr, "column", None)
                if isinstance(name, str):
                    self._items.setdefault(name.lower(), []).append((item.expr, scope))

    def tables(self) -> Iterator[Table]:
        """Yield the tables that the query reads."""
        for _, scope in self.blocks:
            yield from (source.table for source in scope.sources.values() if source.table)

    def keys(self, value: Any, scope: Scope, depth: int = 0) -> list[Key]:
        """Return the columns of tables in a value, without those of its subqueries."""
        keys = []
        for node, _ in walk(value):
            if isinstance(node, Column):
                keys += self._keys(node, scope, depth)
        return list(dict.fromkeys(keys))

    def counts(self, value: Any, scope: Scope, depth: int = 0) -> bool:
        """Does a value depend on how many rows there are?"""
        return any(
            isinstance(node, Aggregate | Window)
            or any(self.counts(*found, depth + 1) for found in self._behind(node, scope, depth))
            for node, _ in walk(value)
        )

    def _keys(self, node: Column, scope: Scope, depth: int) -> list[Key]:
        tables = [
            (source.table.full, output.name)
            for source, output in scope.find(node.column, node.table)
            if source.table
        ]
        inner = [key for found in self._behind(node, scope, depth)
                 for key in self.keys(*found, depth + 1)]  # fmt: skip
        return tables or inner

    def _behind(self, node: Any, scope: Scope, depth: int) -> list[tuple[Any, Scope]]:
        """Return the values that a column of a query in FROM, or an alias, stands for."""
        if not isinstance(node, Column) or depth >= MAX_DEPTH:
            return []
        if any(source.table for source, _ in scope.find(node.column, node.table)):
            return []
        found = self._items.get(node.column.lower(), [])
        return [(value, inner) for value, inner in found if value is not node]
