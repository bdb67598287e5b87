"""UNION BY NAME of DuckDB, whose columns are matched by their names, as one by their places."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.expression import Column, Derived, Item, Select, SetOperation, Star
from queryexpr.lift.reader import Reader

_ALIAS = "by_name"


def matched(reader: Reader, node: exp.SetOperation, left: Any, right: Any) -> tuple[Any, Any]:
    """Return both sides with the same columns, in the order of the left, and then the others.

    A column that a side lacks is null there. Raises Refused if a name is not known.
    """
    ours, theirs = (_names(reader, node, side) for side in (left, right))
    known = {name.lower() for name in ours}
    names = [*ours, *(name for name in theirs if name.lower() not in known)]
    return _placed(left, ours, names), _placed(right, theirs, names)


def _names(reader: Reader, node: exp.SetOperation, query: Any) -> list[str]:
    while isinstance(query, SetOperation):
        query = query.left
    items = query.select if isinstance(query, Select) else ()
    names = [item.alias or getattr(item.expr, "column", "") for item in items]
    stars = any(isinstance(item.expr, Star) for item in items)
    if stars or not names or not all(names) or len({n.lower() for n in names}) < len(names):
        message = "UNION BY NAME needs a name for each column on both sides: write them for *."
        raise reader.wrong("not_supported", message, node)
    return names


def _placed(query: Any, own: list[str], names: list[str]) -> Any:
    """Return a query with columns of these names in this order."""
    if [name.lower() for name in own] == [name.lower() for name in names]:
        return query
    known = {name.lower() for name in own}
    items = tuple(
        Item(expr=Column(column=name, table=_ALIAS) if name.lower() in known else None, alias=name)
        for name in names
    )
    return Select(select=items, from_=Derived(query=query, alias=_ALIAS))
