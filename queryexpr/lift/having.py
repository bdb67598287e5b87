"""HAVING without groups, which MySQL takes for a condition of rows: it may name results."""

from __future__ import annotations

from typing import Any

from queryexpr.expression import Aggregate, Column, Op, Select, Window
from queryexpr.walk import rebuild, walk


def as_where(select: Select) -> Select:
    """Return the query with WHERE in place of HAVING, if neither aggregates nor windows matter."""
    items = {item.alias.lower(): item.expr for item in select.select if item.alias}
    values = (*(item.expr for item in select.select), *(sort.by for sort in select.order_by))
    if select.having is None or select.group_by or _has((*values, select.having), Aggregate):
        return select

    def valued(node: Any) -> Any:
        is_name = isinstance(node, Column) and not node.table
        return items.get(node.column.lower(), node) if is_name else node

    condition = rebuild(select.having, valued)
    if _has(condition, Window):
        return select
    where = condition if select.where is None else Op(op="and", args=(select.where, condition))
    return select.model_copy(update={"where": where, "having": None})


def _has(value: Any, kind: type[Any]) -> bool:
    return any(isinstance(node, kind) for node, _ in walk(value))
