"""
Measures that a query names as if they were columns, as models do: `SUM(order_line.net_revenue)`.

Only where that can mean nothing else: no table has such a column, and the query names none so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.expression import Aggregate, Column, Item, MeasureName
from queryexpr.issues import Issue
from queryexpr.walk import rebuild, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from queryexpr.expression import QueryExpression
    from queryexpr.schema.catalogue import Catalogue


def as_measures(
    expression: QueryExpression, catalogue: Catalogue
) -> tuple[QueryExpression, tuple[Issue, ...]]:
    """Return the query with measures in place of such names, and a warning for each measure."""
    names = _free(expression, catalogue)
    found: dict[str, None] = {}

    def measure(node: Any) -> Any:
        if isinstance(node, Column) and node.column.lower() in names:
            found[node.column.lower()] = None
            return MeasureName(measure=node.column)
        return _of_sum(node)

    query = rebuild(expression.query, measure) if names else expression.query
    if query is expression.query:
        return expression, ()
    return expression.model_copy(update={"query": query}), tuple(map(_warning, found))


def _free(expression: QueryExpression, catalogue: Catalogue) -> set[str]:
    """Return the names of measures that nothing else here has."""
    measures = set(catalogue.meanings.measures) if catalogue.meanings else set()
    if measures:
        measures -= {column.name.lower() for t in catalogue.tables for column in t.columns}
        measures -= set(_aliases(expression))
    return measures


def _aliases(expression: QueryExpression) -> Iterator[str]:
    """Yield the names that the query itself gives to columns."""
    for node, _ in walk(expression.query, subqueries=True):
        if isinstance(node, Item) and node.alias:
            yield node.alias.lower()
        for name in getattr(node, "columns", None) or ():
            yield str(name).lower()


def _of_sum(node: Any) -> Any:
    """Return the measure of which a query takes the sum; other nodes as they are."""
    if (
        isinstance(node, Aggregate)
        and node.agg == "sum"
        and node == Aggregate(agg="sum", args=node.args)
    ):
        (operand,) = node.args
        return operand if isinstance(operand, MeasureName) else node
    return node


def _warning(name: str) -> Issue:
    return Issue(
        "read_as_measure", f"{name!r} is no column: it was read as MEASURE({name}).", "warning"
    )
