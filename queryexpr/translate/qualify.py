"""
QUALIFY, for dialects that have none: a query in FROM, of which WHERE keeps rows.

The query there has a column more, which is 1 in rows to keep, and one for each value of ORDER BY
that is not in the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from typing import Any

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Case, Column, Derived, Item, Op, Select, Sort, Star, When
from queryexpr.walk import rebuild, walk

_KEPT = "kept"


def qualifies(query: Any) -> bool:
    """Has the query, or one inside of it, a QUALIFY?"""
    nodes = (node for node, _ in walk(query, subqueries=True))
    return any(isinstance(node, Select) and node.qualify is not None for node in nodes)


def without_qualify(query: Any, target: Dialect) -> Any:
    """Return a query without QUALIFY, for `target`. Raises Refused where that is not possible."""

    def wrapped(node: Any) -> Any:
        qualified = isinstance(node, Select) and node.qualify is not None
        return _Wrapped(node, target).query() if qualified else node

    return rebuild(query, wrapped)


class _Wrapped:
    """A query block around one with QUALIFY."""

    def __init__(self, node: Select, target: Dialect) -> None:
        self.node, self.target = node, target
        if any(isinstance(item.expr, Star) for item in node.select):
            raise lacks(target, "QUALIFY with *, whose columns are not known")
        self.named = dict(self._named())
        self.hidden: dict[str, Any] = {}

    def query(self) -> Select:
        order = tuple(self._sort(sort) for sort in self.node.order_by)
        kept = self._free(_KEPT)
        case = Case(case=(When(when=self.node.qualify, then=1),), otherwise=0)
        values = {name: item.expr for name, item in self.named.items()} | self.hidden
        items = [Item(expr=value, alias=name) for name, value in values.items()]
        gone = {"qualify": None, "distinct": False, "order_by": (), "limit": None, "offset": None}
        more = {"select": (*items, Item(expr=case, alias=kept)), "distinct_on": ()}
        if self.node.distinct_on:
            raise lacks(self.target, "QUALIFY with DISTINCT ON")
        inner = self.node.model_copy(update={**gone, **more})
        return Select(
            from_=Derived(query=inner, alias="qualified"),
            where=Op(op="=", args=(Column(column=kept), 1)),
            select=tuple(self._shown()),
            distinct=self.node.distinct, order_by=order,
            limit=self.node.limit, offset=self.node.offset,
        )  # fmt: skip

    def _named(self) -> Iterator[tuple[str, Item]]:
        """Yield the items of the result, each with a name of its own."""
        used: set[str] = set()
        for number, item in enumerate(self.node.select, 1):
            name = item.alias or getattr(item.expr, "column", "") or f"column{number}"
            if name.lower() in used:
                name = f"{name}_{number}"
            used.add(name.lower())
            yield name, item

    def _shown(self) -> Iterator[Item]:
        for name, item in self.named.items():
            alias = item.alias or getattr(item.expr, "column", "") or name
            yield Item(expr=Column(column=name), alias=alias if alias != name else None)

    def _sort(self, sort: Sort) -> Sort:
        by = sort.by
        if not hasattr(by, "model_copy"):
            return sort  # a number of a column
        for name, item in self.named.items():
            is_name = isinstance(by, Column) and by.table is None and item.alias == by.column
            if is_name or item.expr == by:
                return sort.model_copy(update={"by": Column(column=name)})
        if any(self._is_result(part) for part, _ in walk(by)):
            raise lacks(self.target, "QUALIFY with ORDER BY that computes with a result")
        name = self._free("sorted")
        self.hidden[name] = by
        return sort.model_copy(update={"by": Column(column=name)})

    def _is_result(self, node: Any) -> bool:
        """Is it the alias of a value, and no column that is shown under its own name?"""
        if not isinstance(node, Column) or node.table is not None:
            return False
        items = (i for i in self.node.select if (i.alias or "").lower() == node.column.lower())
        return any(getattr(item.expr, "column", "") != node.column for item in items)

    def _free(self, name: str) -> str:
        used = {one.lower() for one in (*self.named, *self.hidden)}
        return next(n for n in chain((name,), map(f"{name}{{}}".format, count(2))) if n not in used)
