"""
Columns without an alias that another part of the query names, as Postgres calls them.

`SELECT x.count FROM (SELECT COUNT(*) FROM t) AS x` gets an alias, `count`, in the inner query:
it means the same there, and can be written for other dialects.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.lift.reader import Reader

_AROUND = (exp.Window, exp.Filter, exp.WithinGroup, exp.Paren)  # the name is that of what is inside


def with_names(reader: Reader, items: list[exp.Expr]) -> list[exp.Expr]:
    """Return items of SELECT, with aliases for what another part of the query names so."""
    if reader.dialect.calls_columns != "function":
        return items
    return [_named(item) for item in items]


def _named(item: exp.Expr) -> exp.Expr:
    name = _called(item)
    if not name or not _is_meant(name, item):
        return item
    alias = exp.Alias(alias=exp.to_identifier(name))
    item.replace(alias)
    alias.set("this", item)
    return alias


def _called(node: exp.Expr) -> str:
    """Return the name of a call's column; empty where the alias or a column gives another."""
    while isinstance(node, _AROUND):
        node = node.this
    return node.name.lower() if isinstance(node, exp.Anonymous) else ""


def _is_meant(name: str, item: exp.Expr) -> bool:
    """Does any part of the whole query name a column so?"""
    return any(column.name.lower() == name for column in item.root().find_all(exp.Column))
