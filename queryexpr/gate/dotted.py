"""
One form for names such as `a.b.c`, which are read before it is known what `a` is.

It may be a table, or a column whose values have fields: the check finds out, and SQL that is read
again is not checked.
"""

from __future__ import annotations

from typing import Any

from queryexpr.expression import Column, Node, Part
from queryexpr.walk import transform


def dotted(value: Any) -> Any:
    """Return a query in which fields of columns without a table are columns of a table."""
    if isinstance(value, tuple):
        return tuple(map(dotted, value))
    if not isinstance(value, Node):
        return value
    node = transform(value, lambda name, part, key: dotted(part))
    return _named(node) if isinstance(node, Part) else node


def _named(node: Part) -> Node:
    column, (first, *rest) = node.part, node.path
    if not isinstance(column, Column) or column.table or not isinstance(first, str):
        return node
    named = Column(column=first, table=column.column)
    return node.model_copy(update={"part": named, "path": tuple(rest)}) if rest else named
