"""
A query whose ties are broken at random: what it returns may be any of several results.

Where ORDER BY leaves rows equal, an engine takes them in the order in which it happens to find
them. Such a choice is not what a query says, so two queries do not differ by it.
"""

from __future__ import annotations

from typing import Any

from queryexpr.expression import (
    Aggregate,
    Derived,
    Item,
    Native,
    QueryExpression,
    Select,
    SetOperation,
    Sort,
    Star,
    Window,
)
from queryexpr.walk import rebuild, walk

TIE_BREAK = "TIE_BREAK"  # the engine's function that returns a random number
_BY_PLACE = frozenset("row_number ntile lag lead first_value last_value nth_value".split())
_LAST = Sort(by=Native(native=TIE_BREAK))


def without_order(expression: QueryExpression) -> QueryExpression | None:
    """Return the query with ties broken at random; None if it has none to break."""
    nodes = [node for node, _ in walk(expression.query, subqueries=True)]
    if any(getattr(node, "recursive", False) for node in nodes):
        return None
    query = rebuild(expression.query, _broken)
    return None if query is expression.query else expression.model_copy(update={"query": query})


def _broken(node: Any) -> Any:
    if isinstance(node, Select) and _cuts(node):
        return node.model_copy(update={"order_by": (*node.order_by, _LAST)})
    if isinstance(node, SetOperation) and _cuts(node):
        return _wrapped(node)
    if isinstance(node, Window) and _counts_rows(node):
        return node.model_copy(update={"order_by": (*node.order_by, _LAST)})
    return node


def _cuts(node: Select | SetOperation) -> bool:
    return bool(node.order_by or node.limit is not None or node.offset is not None)


def _counts_rows(node: Window) -> bool:
    if isinstance(node.window, Aggregate):
        return node.frame is not None and node.frame.frame == "rows"
    return node.window.fn in _BY_PLACE


def _wrapped(node: SetOperation) -> Select:
    """Return a query of the rows of `node`: only its own columns may be in ORDER BY there."""
    plain = node.model_copy(update={"order_by": (), "limit": None, "offset": None})
    return Select(
        **{"from": Derived.model_construct(query=plain, alias="combined", lateral=False)},
        select=(Item(expr=Star(star=True)),),
        order_by=(*node.order_by, _LAST),
        limit=node.limit,
        offset=node.offset,
    )
