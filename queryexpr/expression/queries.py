"""Queries, their clauses, and what is in FROM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, StrictBool

from queryexpr.expression.node import Count, Name, Node

if TYPE_CHECKING:
    # `kinds` says what they are: queries contain values.
    Expr = Any
    Query = Any
    Source = Any


class TableName(Node):
    """A table of the schema, or a query of `with`."""

    table: Name
    schema_: Name | None = Field(None, alias="schema")
    database: Name | None = None
    alias: Name | None = Field(None, alias="as")

    @property
    def name(self) -> str:
        """The name with its schema and database, for people."""
        return ".".join(filter(None, (self.database, self.schema_, self.table)))


class Derived(Node):
    """A query in FROM. With `lateral`, it sees the sources before it: it is made for each row."""

    query: Query
    alias: Name | None = Field(None, alias="as")
    lateral: StrictBool = False


class Unnest(Node):
    """The elements of an array as rows. The array may be of a source before it in FROM.

    `value` names the column with the element, and `position` the one with its number, which is
    `first` for the first element. With `keep_empty`, no elements make a row of nulls.
    """

    unnest: Expr
    alias: Name | None = Field(None, alias="as")
    value: Name | None = None
    position: Name | None = None
    first: Literal[0, 1] = 0
    keep_empty: StrictBool = False


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

    With `grouping_sets`, rows are grouped once for each set, which has numbers of `group_by`; the
    others are null there. `qualify` keeps rows by what windows say of them. Of the rows with equal
    values in `distinct_on`, only the first by `order_by` is kept.
    """

    with_: tuple[With, ...] = Field((), alias="with")
    recursive: StrictBool = False
    from_: Source | None = Field(None, alias="from")
    joins: tuple[Join, ...] = ()
    where: Expr | None = None
    group_by: tuple[Expr, ...] = ()
    grouping_sets: tuple[tuple[Count, ...], ...] = ()
    having: Expr | None = None
    qualify: Expr | None = None
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
