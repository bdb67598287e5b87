"""What a node may be: the unions of the classes, distinguished by their keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from queryexpr.expression import queries, values
from queryexpr.expression.meanings import DimensionName, MeasureName
from queryexpr.expression.node import Name, Node
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
    "measure": MeasureName, "dimension": DimensionName,
}  # fmt: skip

# Before the name of a kind where pydantic says where a mistake is: no key of a document has it.
KIND = "\0"


def _kind(key: str) -> Tag:
    return Tag(KIND + key)


def _expression(value: Any) -> str | None:
    """Return the key that identifies the node's kind; None if no kind has any of its keys."""
    if isinstance(value, dict):
        return next((KIND + key for key in EXPRESSIONS if key in value), None)
    return KIND + (_KEYS.get(type(value), "") if isinstance(value, Node) else "scalar")


def _query(value: Any) -> str:
    is_set = isinstance(value, SetOperation) or "set" in _keys(value)
    return KIND + ("set" if is_set else "select")


def _source(value: Any) -> str:
    for key, kind in _SOURCES.items():
        if isinstance(value, kind) or key in _keys(value):
            return KIND + key
    return KIND + "table"


def _keys(value: Any) -> Any:
    return value if isinstance(value, dict) else ()


_SOURCES: dict[str, type[Node]] = {"query": Derived, "joined": Joined, "unnest": Unnest}
_KEYS = {kind: key for key, kind in EXPRESSIONS.items()}
Scalar = str | int | float | bool | None
Expr = Annotated[
    Annotated[Scalar, _kind("scalar")]
    | Annotated[Column, _kind("column")]
    | Annotated[Star, _kind("star")]
    | Annotated[Op, _kind("op")]
    | Annotated[Aggregate, _kind("agg")]
    | Annotated[Function, _kind("fn")]
    | Annotated[Native, _kind("native")]
    | Annotated[Case, _kind("case")]
    | Annotated[Cast, _kind("cast")]
    | Annotated[Interval, _kind("interval")]
    | Annotated[Window, _kind("window")]
    | Annotated[Subquery, _kind("query")]
    | Annotated[Values, _kind("list")]
    | Annotated[Null, _kind("null")]
    | Annotated[Number, _kind("number")]
    | Annotated[Part, _kind("part")]
    | Annotated[Array, _kind("array")]
    | Annotated[Series, _kind("series")]
    | Annotated[MeasureName, _kind("measure")]
    | Annotated[DimensionName, _kind("dimension")],
    Discriminator(_expression),
]
Query = Annotated[
    Annotated[Select, _kind("select")] | Annotated[SetOperation, _kind("set")],
    Discriminator(_query),
]
Source = Annotated[
    Annotated[TableName, _kind("table")]
    | Annotated[Derived, _kind("query")]
    | Annotated[Joined, _kind("joined")]
    | Annotated[Unnest, _kind("unnest")],
    Discriminator(_source),
]


class QueryExpression(Node):
    """A version and a query.

    `dialect` is the one that the query was lifted from, which defines its native operators and
    functions. Without it, the query has none of these. `quoted` has the names whose letters' case
    is their own, where databases would fold it, as those in quotes.
    """

    ir_version: Literal["1.0"] = "1.0"
    dialect: str | None = None
    quoted: tuple[Name, ...] = ()
    query: Query

    def as_dict(self) -> dict[str, Any]:
        """Return the canonical form: fields with their default are left out."""
        return {"ir_version": VERSION, **self.model_dump(by_alias=True, exclude_defaults=True)}


_NAMES = {"Expr": Expr, "Query": Query, "Source": Source, "Sort": Sort, "Join": Join}
for _model in list(Node.__subclasses__()):
    _model.model_rebuild(_types_namespace={**vars(queries), **vars(values), **_NAMES})
