"""HAVING of values that rows are grouped by, which MySQL does not find there: it is WHERE."""

from __future__ import annotations

from typing import Any

from queryexpr.build.builder import lacks
from queryexpr.check.grouping import aggregates
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Aggregate, Column, Op, Select
from queryexpr.expression.node import Node
from queryexpr.walk import children, conjuncts, rebuild, walk


def has_grouped_values(query: Any) -> bool:
    """Has the query such a condition, or one inside of it?"""
    return any(_hidden(node) for node, _ in walk(query, subqueries=True))


def with_conditions_of_rows(query: Any, target: Dialect) -> Any:
    """Return a query whose groups are chosen by WHERE where they are by what rows have."""

    def moved(node: Any) -> Any:
        hidden = _hidden(node)
        if not hidden:
            return node
        if any(map(aggregates, hidden)):
            raise lacks(target, "HAVING of what rows are grouped by, next to an aggregate")
        kept = [value for value, _ in conjuncts(node.having, "") if value not in hidden]
        where = [node.where] if node.where is not None else []
        return node.model_copy(update={"where": both(*where, *hidden), "having": both(*kept)})

    return rebuild(query, moved)


def both(*conditions: Any) -> Any:
    """Return the conditions as one; None if there is none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Op(op="and", args=conditions)


def _hidden(node: Any) -> list[Any]:
    """Return the conditions in HAVING with columns that are no names of groups or results."""
    if not isinstance(node, Select) or node.having is None or not node.group_by:
        return []
    if node.grouping_sets:
        return []
    known = {(item.alias or "").lower() for item in node.select}
    values = (*node.group_by, *(item.expr for item in node.select))
    known |= {value.column.lower() for value in values if isinstance(value, Column)}
    found = [value for value, _ in conjuncts(node.having, "")]
    return [value for value in found if _columns(value) - known]


def _columns(value: Any) -> set[str]:
    """Return the names of columns outside of aggregates."""
    if isinstance(value, Column):
        return {value.column.lower()}
    if isinstance(value, Aggregate) or not isinstance(value, Node):
        return set()
    return set().union(*map(_columns, children(value)))
