"""A star over USING, as the columns that it means: dialects have them in an order of their own."""

from __future__ import annotations

from typing import Any

from queryexpr.check.check import check
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Join, QueryExpression, Star
from queryexpr.schema.catalogue import Catalogue
from queryexpr.walk import walk


def merges(query: Any) -> bool:
    """Has the query a star that may mean columns which a join merges?"""
    nodes = [node for node, _ in walk(query, subqueries=True)]
    joins = any(isinstance(node, Join) and (node.using or node.natural) for node in nodes)
    return joins and any(isinstance(node, Star) and node.table is None for node in nodes)


def with_columns(
    expression: QueryExpression, source: Dialect, catalogue: Catalogue | None
) -> QueryExpression:
    """Return the query with the columns in place of each star, as far as they are known."""
    named = check(expression, source, catalogue, strict_groups=False, expand_stars=True)
    return named.expression if named.valid else expression
