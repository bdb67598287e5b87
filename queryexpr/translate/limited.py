"""
LIMIT in the query of IN, ALL and ANY, for dialects that have none there: the query is put into
FROM of another one.
"""

from __future__ import annotations

from typing import Any

from queryexpr.build.builder import lacks
from queryexpr.check.check import check
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.operators import QUANTIFIED
from queryexpr.expression import (
    Column,
    Derived,
    Item,
    Op,
    QueryExpression,
    Select,
    SetOperation,
    Star,
    Subquery,
    TableName,
)
from queryexpr.schema.catalogue import Catalogue
from queryexpr.walk import rebuild, walk

STAR = Star(star=True)
_LISTS = {"in", "not in"} | QUANTIFIED


def has_limited_lists(query: Any) -> bool:
    """Has the query such a LIMIT, or one inside of it?"""
    return any(_is_limited_list(node) for node, _ in walk(query, subqueries=True))


def without_limited_lists(query: Any, target: Dialect, catalogue: Catalogue | None) -> Any:
    """Return a query without such a LIMIT. Raises Refused.

    A query in FROM does not see the row that the list is for, so one that does is refused.
    """

    def wrapped(node: Any) -> Any:
        if not _is_limited_list(node):
            return node
        limited = node.args[-1].query
        if _sees_its_row(limited, target, catalogue):
            raise lacks(target, f"LIMIT in a query of {node.op.upper()} that depends on the row")
        around = Select(from_=Derived(query=limited, alias="limited"), select=(Item(expr=STAR),))
        return node.model_copy(update={"args": (*node.args[:-1], Subquery(query=around))})

    return rebuild(query, wrapped)


def _is_limited_list(node: Any) -> bool:
    if not isinstance(node, Op) or node.op not in _LISTS:
        return False
    query = getattr(node.args[-1], "query", None)
    return query is not None and _is_limited(query)


def _is_limited(query: Any) -> bool:
    """Has a query a LIMIT, or one of those that UNION joins?"""
    if query.limit is not None or query.offset is not None:
        return True
    return isinstance(query, SetOperation) and any(map(_is_limited, (query.left, query.right)))


def _sees_its_row(query: Any, target: Dialect, catalogue: Catalogue | None) -> bool:
    """Does a column in it belong to a table outside of it?"""
    alone = QueryExpression(dialect=target.name, query=query)
    if any(i.code == "unknown_column" for i in check(alone, target, catalogue).issues):
        return True
    nodes = [node for node, _ in walk(query, subqueries=True)]
    inside = {_name(node) for node in nodes}
    return any(isinstance(n, Column) and n.table and n.table.lower() not in inside for n in nodes)


def _name(node: Any) -> str | None:
    named = getattr(node, "alias", None) or (node.table if isinstance(node, TableName) else None)
    return named and named.lower()
