"""
The query expression, version 1.0: a query as data, which cannot express a write.

Clauses have SQL:2023's names and begin with FROM, so that the scope is known before columns are
named. Value expressions are `{"op": …, "args": […]}`, as in OGC's CQL2-JSON. A bare JSON string is
always a value, never an identifier. Each kind of node has a key that no other kind has, and that
key comes first.

These classes are the only definition: the JSON Schema is generated from them. They are one file,
because values contain queries and queries contain values.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictBool, StrictInt, Tag

from queryexpr.dialects.operators import Operator, Unit

VERSION = "1.0"
MAX_DEPTH = 60  # levels of nodes in a query


Name = Annotated[str, Field(min_length=1, max_length=128)]
Count = Annotated[StrictInt, Field(ge=0, lt=2**63)]


class Node(BaseModel):
    """A part of a query. Nodes never change: passes return new ones."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True,
        hide_input_in_errors=True, allow_inf_nan=False,
    )  # fmt: skip


# ── Value expressions ───────────────────────────────────────────────────────────────────────


class Column(Node):
    """A column of a table in scope, or an alias of the result.

    `table` is needed if several tables have the column.
    """

    column: Name
    table: Name | None = None


class Star(Node):
    """All columns, of one table or of all. It is only allowed in `select`."""

    star: Annotated[StrictBool, Field(json_schema_extra={"const": True})]
    table: Name | None = None


class Op(Node):
    """An operator and its operands; operators.OPERATORS has how many."""

    op: Operator
    args: tuple[Expr, ...]


class Values(Node):
    """The right side of `in`, as a list."""

    values: tuple[Expr, ...] = Field(alias="list", min_length=1)


class Aggregate(Node):
    """An aggregate function; `count` without operands counts rows.

    `order_by` orders the values that are aggregated; a percentile is one of these.
    """

    agg: str
    args: tuple[Expr, ...] = ()
    distinct: StrictBool = False
    filter: Expr | None = None
    order_by: tuple[Sort, ...] = ()


class Function(Node):
    """A scalar function, the same in every dialect; `unit` is a part of a date."""

    fn: str
    args: tuple[Expr, ...] = ()
    unit: Unit | None = None


class Native(Node):
    """A scalar function as the query's own dialect writes it; `unit` is one of its operands."""

    native: str
    args: tuple[Expr, ...] = ()
    unit: str | None = None


class When(Node):
    """One branch of `case`."""

    when: Expr
    then: Expr


class Case(Node):
    """The value of the first branch that is true, or that equals `of`."""

    case: tuple[When, ...] = Field(min_length=1)
    of: Expr | None = None
    otherwise: Expr | None = Field(None, alias="else")


class Cast(Node):
    """A value as another type: a name of SQL, with its sizes, such as `decimal(10, 2)`.

    With `safe`, what cannot be converted is null.
    """

    cast: Expr
    type: str
    safe: StrictBool = False


class Interval(Node):
    """A length of time, such as 3 months."""

    interval: Expr
    unit: Unit


class Frame(Node):
    """Which rows around the current one a window function sees. A bound is in SQL's words."""

    frame: Literal["rows", "range", "groups"]
    start: str
    end: str | None = None


class Window(Node):
    """An aggregate or a ranking function over a window."""

    window: Aggregate | Function
    partition_by: tuple[Expr, ...] = ()
    order_by: tuple[Sort, ...] = ()
    frame: Frame | None = None


class Subquery(Node):
    """A query as a value, or as the operand of `in` or `exists`."""

    query: Query


# ── Queries ─────────────────────────────────────────────────────────────────────────────────


class TableName(Node):
    """A table of the schema, or a query of `with`."""

    table: Name
    schema_: Name | None = Field(None, alias="schema")
    alias: Name | None = Field(None, alias="as")


class Derived(Node):
    """A query in FROM."""

    query: Query
    alias: Name | None = Field(None, alias="as")


class Joined(Node):
    """Tables that are joined with each other first, and then with others."""

    joined: Source
    joins: tuple[Join, ...] = Field(min_length=1)


class Join(Node):
    """A join of the sources before it with `source`."""

    join: Literal["inner", "left", "right", "full", "cross"]
    source: Source
    on: Expr | None = None
    using: tuple[Name, ...] = ()
    natural: StrictBool = False


class Item(Node):
    """A column of the result."""

    expr: Expr
    alias: Name | None = Field(None, alias="as")


class Sort(Node):
    """A value that rows are ordered by. Without `nulls`, the engine decides where nulls are."""

    by: Expr
    dir: Literal["asc", "desc"] = "asc"
    nulls: Literal["first", "last"] | None = None


class With(Node):
    """A query with a name, which other queries may use."""

    name: Name
    columns: tuple[Name, ...] = ()
    query: Query


class Select(Node):
    """A query specification.

    Of the rows with equal values in `distinct_on`, only the first by `order_by` is kept.
    """

    with_: tuple[With, ...] = Field((), alias="with")
    recursive: StrictBool = False
    from_: Source | None = Field(None, alias="from")
    joins: tuple[Join, ...] = ()
    where: Expr | None = None
    group_by: tuple[Expr, ...] = ()
    having: Expr | None = None
    select: tuple[Item, ...] = Field(min_length=1)
    distinct: StrictBool = False
    distinct_on: tuple[Expr, ...] = ()
    order_by: tuple[Sort, ...] = ()
    limit: Count | None = None
    offset: Count | None = None


class SetOperation(Node):
    """The rows of two queries, combined."""

    with_: tuple[With, ...] = Field((), alias="with")
    recursive: StrictBool = False
    set: Literal["union", "union all", "intersect", "intersect all", "except", "except all"]
    left: Query
    right: Query
    order_by: tuple[Sort, ...] = ()
    limit: Count | None = None
    offset: Count | None = None


# ── What a node is ──────────────────────────────────────────────────────────────────────────

EXPRESSIONS: dict[str, type[Node]] = {
    "column": Column, "star": Star, "op": Op, "agg": Aggregate, "fn": Function, "native": Native,
    "case": Case, "cast": Cast, "interval": Interval, "window": Window, "query": Subquery,
    "list": Values,
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


_SOURCES: dict[str, type[Node]] = {"query": Derived, "joined": Joined}
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
    | Annotated[Values, Tag("list")],
    Discriminator(_expression),
]
Query = Annotated[
    Annotated[Select, Tag("select")] | Annotated[SetOperation, Tag("set")], Discriminator(_query)
]
Source = Annotated[
    Annotated[TableName, Tag("table")]
    | Annotated[Derived, Tag("query")]
    | Annotated[Joined, Tag("joined")],
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


for _model in list(Node.__subclasses__()):
    _model.model_rebuild()
