"""What a node may be: the unions of the classes, distinguished by their keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from queryexpr.expression import queries, values
from queryexpr.expression.node import Node
from queryexpr.expression.queries import (
    Derived,
    Join,
    Joined,
    Select,
    SetOperation,
    Sort,
    TableName,
    Unnest,
)
from queryexpr.expression.values import (
    Aggregate,
    Array,
    Case,
    Cast,
    Column,
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
    Window,
)

VERSION = "1.0"
MAX_DEPTH = 60  # levels of nodes in a query

EXPRESSIONS: dict[str, type[Node]] = {
    "column": Column, "star": Star, "op": Op, "agg": Aggregate, "fn": Function, "native": Native,
    "case": Case, "cast": Cast, "interval": Interval, "window": Window, "query": Subquery,
    "list": Values, "null": Null, "number": Number,
    "part": Part, "array": Array, "series": Series,
}  # fmt: skip


def _expression(value: Any) -> str | None:
    """Return the key that identifies the node's kind; None if no kind has any of its keys."""
    if isinstance(value, dict):
        return next((key for key in EXPRESSIONS if key in value), None)
    return _KEYS.get(type(value)) if isinstance(value, Node) else "scalar"


def _query(value: Any) -> str:
    return "set" if isinstance(value, SetOperation) or "set" in _keys(value) else "select"


def _source(value: Any) -> str:
    for key, kind in _SOURCES.items():
        if isinstance(value, kind) or key in _keys(value):
            return key
    return "table"


def _keys(value: Any) -> Any:
    return value if isinstance(value, dict) else ()


_SOURCES: dict[str, type[Node]] = {"query": Derived, "joined": Joined, "unnest": Unnest}
_KEYS = {kind: key for key, kind in EXPRESSIONS.items()}
Scalar = str | int | float | bool | None
Expr = Annotated[
    Annotated[Scalar, Tag("scalar")]
    | Annotated[Column, Tag("column")]
    | Annotated[Star, Tag("star")]
    | Annotated[Op, Tag("op")]
    | Annotated[Aggregate, Tag("agg")]
    | Annotated[Function, Tag("fn")]
    | Annotated[Native, Tag("native")]
    | Annotated[Case, Tag("case")]
    | Annotated[Cast, Tag("cast")]
    | Annotated[Interval, Tag("interval")]
    | Annotated[Window, Tag("window")]
    | Annotated[Subquery, Tag("query")]
    | Annotated[Values, Tag("list")]
    | Annotated[Null, Tag("null")]
    | Annotated[Number, Tag("number")]
    | Annotated[Part, Tag("part")]
    | Annotated[Array, Tag("array")]
    | Annotated[Series, Tag("series")],
    Discriminator(_expression),
]
Query = Annotated[
    Annotated[Select, Tag("select")] | Annotated[SetOperation, Tag("set")], Discriminator(_query)
]
Source = Annotated[
    Annotated[TableName, Tag("table")]
    | Annotated[Derived, Tag("query")]
    | Annotated[Joined, Tag("joined")]
    | Annotated[Unnest, Tag("unnest")],
    Discriminator(_source),
]


class QueryExpression(Node):
    """A version and a query.

    `dialect` is the one that the query was lifted from, which defines its native operators and
    functions. Without it, the query has none of these.
    """

    ir_version: Literal["1.0"] = "1.0"
    dialect: str | None = None
    query: Query

    def as_dict(self) -> dict[str, Any]:
        """Return the canonical form: fields with their default are left out."""
        return {"ir_version": VERSION, **self.model_dump(by_alias=True, exclude_defaults=True)}


_NAMES = {"Expr": Expr, "Query": Query, "Source": Source, "Sort": Sort, "Join": Join}
for _model in list(Node.__subclasses__()):
    _model.model_rebuild(_types_namespace={**vars(queries), **vars(values), **_NAMES})
