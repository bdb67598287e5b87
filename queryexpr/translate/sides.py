"""WITH in a side of a set operation, for dialects that have none there: it is put into FROM."""

from __future__ import annotations

from typing import Any

from queryexpr.expression import Derived, Item, Select, SetOperation, Star
from queryexpr.walk import rebuild, walk

_ALL = (Item(expr=Star(star=True)),)


def has_withs_in_sides(query: Any) -> bool:
    """Has the query such a WITH, or one inside of it?"""
    return any(_begins_with(node) for node, _ in walk(query, subqueries=True))


def without_withs_in_sides(query: Any) -> Any:
    """Return a query whose sides have no WITH of their own."""

    def wrapped(node: Any) -> Any:
        if not _begins_with(node):
            return node
        sides = {"left": _side(node.left), "right": _side(node.right)}
        return node.model_copy(update=sides)

    return rebuild(query, wrapped)


def _begins_with(node: Any) -> bool:
    return isinstance(node, SetOperation) and bool(node.left.with_ or node.right.with_)


def _side(query: Any) -> Any:
    if not query.with_:
        return query
    return Select(from_=Derived(query=query, alias="side"), select=_ALL)
