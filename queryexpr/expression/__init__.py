"""
The query expression, version 1.0: a query as data, which cannot express a write.

Clauses have SQL:2023's names and begin with FROM, so that the scope is known before columns are
named. Value expressions are `{"op": …, "args": […]}`, as in OGC's CQL2-JSON. A bare JSON string is
always a value, never an identifier. Each kind of node has a key that no other kind has, and that
key comes first.

These classes are the only definition: the JSON Schema is generated from them. `kinds` joins values
and queries, which contain each other.
"""

from __future__ import annotations

from queryexpr.expression.kinds import (
    EXPRESSIONS,
    MAX_DEPTH,
    VERSION,
    Expr,
    Query,
    QueryExpression,
    Scalar,
    Source,
)
from queryexpr.expression.meanings import DimensionName, MeasureName
from queryexpr.expression.node import Node
from queryexpr.expression.queries import (
    Derived,
    Item,
    Join,
    Joined,
    Select,
    SetOperation,
    Sort,
    TableName,
    Unnest,
    With,
)
from queryexpr.expression.values import (
    Aggregate,
    Array,
    Case,
    Cast,
    Column,
    Frame,
    Function,
    Interval,
    Native,
    Null,
    Number,
    Op,
    Part,
    Series,
    Star,
    Subquery,
    Values,
    When,
    Window,
)

__all__ = [
    "EXPRESSIONS", "MAX_DEPTH", "VERSION", "Aggregate", "Array", "Case", "Cast", "Column",
    "Derived", "DimensionName", "Expr", "Frame", "Function", "Interval", "Item", "Join", "Joined",
    "MeasureName", "Native", "Node", "Null", "Number", "Op", "Part", "Query", "QueryExpression",
    "Scalar", "Select", "Series", "SetOperation", "Sort", "Source", "Star", "Subquery",
    "TableName", "Unnest", "Values", "When", "Window", "With",
]  # fmt: skip
