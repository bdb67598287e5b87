"""Names of a business that stand for values: each is expanded before a query is checked."""

from __future__ import annotations

from queryexpr.expression.node import Name, Node


class MeasureName(Node):
    """A measure: an aggregate that someone has defined, with its filter."""

    measure: Name


class DimensionName(Node):
    """A dimension: a value of one row that someone has defined."""

    dimension: Name
