"""
`(SELECT …) AS t (a, b)` → a query whose columns have these names.

Where another clause of the query could mean such a name, a WITH around it names the columns.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Column, Derived, Item, Select, SetOperation, Star, TableName, With
from queryexpr.lift.reader import Reader
from queryexpr.walk import walk

Query = Select | SetOperation


def read_named(reader: Reader, query: Query, node: exp.Expr) -> Derived:
    """Return a query in FROM, by the alias of `node` and the names of columns behind it."""
    alias = node.args.get("alias")
    if alias is None:
        return Derived(query=query)
    reader.only(alias, "this", "columns")
    names = [column.name for column in alias.args.get("columns") or ()]
    return Derived(query=named(query, names, alias.name), alias=alias.name or None)


def named(query: Query, names: list[str], alias: str) -> Query:
    """Return the query with these names of its first columns."""
    if not names:
        return query
    return _renamed(query, names) or _wrapped(query, names, alias or "named")


def _wrapped(query: Query, names: list[str], alias: str) -> Select:
    inner = With(name=alias, columns=tuple(names), query=query)
    return Select(
        with_=(inner,), from_=TableName(table=alias), select=(Item(expr=Star(star=True)),)
    )


def _renamed(query: Query, names: list[str]) -> Query | None:
    """Return the query with other aliases, or None if something in it could mean them."""
    if isinstance(query, SetOperation):
        left = None if query.order_by else _renamed(query.left, names)
        return left and query.model_copy(update={"left": left})
    items = query.select
    stars = any(isinstance(item.expr, Star) for item in items)
    if stars or len(names) > len(items) or _is_meant(query, names):
        return None
    kept = items[len(names) :]
    renamed = [
        item.model_copy(update={"alias": name}) for item, name in zip(items, names, strict=False)
    ]
    return query.model_copy(update={"select": (*renamed, *kept)})


def _is_meant(query: Select, names: list[str]) -> bool:
    """Does a clause name a column by an alias that goes, or by one that comes?"""
    clauses: tuple[Any, ...] = (
        query.select, query.where, query.group_by, query.having, query.order_by, query.distinct_on,
    )  # fmt: skip
    used = {
        node.column.lower()
        for node, _ in walk(clauses, subqueries=True)
        if isinstance(node, Column) and node.table is None
    }
    pairs = list(zip(query.select, names, strict=False))
    same = {
        n.lower()
        for item, n in pairs
        if isinstance(item.expr, Column) and item.expr.column.lower() == n.lower()
    }
    gone = {
        item.alias.lower()
        for item, name in pairs
        if item.alias and item.alias.lower() != name.lower()
    }
    return bool(used & (gone | ({name.lower() for name in names} - same)))
