"""Value expressions: literals, columns, operators, functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StrictBool

from queryexpr.dialects.operators import Operator, Unit
from queryexpr.expression.node import Name, Node

if TYPE_CHECKING:
    # `kinds` says what they are: values contain queries.
    Expr = Any
    Item = Any
    Query = Any
    Sort = Any

MAX_DIGITS = 1000
NUMBER = r"^(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"


class Null(Node):
    """The literal NULL, where a bare null would mean that nothing is there: `where`, `on`, …"""

    null: Annotated[StrictBool, Field(json_schema_extra={"const": True})]


class Number(Node):
    """A number whose digits matter: `1.10` has a scale, and a float has about 15 digits."""

    number: Annotated[str, Field(pattern=NUMBER, max_length=MAX_DIGITS)]


def is_number(text: str) -> bool:
    """Is it a number of SQL, without a sign?"""
    return len(text) <= MAX_DIGITS and re.fullmatch(NUMBER, text) is not None


def plain_number(text: str) -> int | float | None:
    """Return the number that a text in the form of NUMBER is; None if that would lose digits."""
    if text.isdigit():
        return int(text)
    return float(text) if repr(float(text)) == text else None


class Column(Node):
    """A column of a table in scope, or an alias of the result.

    `table` is needed if several tables have the column.
    """

    column: Name
    table: Name | None = None


class Part(Node):
    """A part of a value: a field of a record, an element of an array, or what is further inside.

    `path` has the names of fields and the numbers of elements, from 0. With `safe`, an element
    that is not there is null; without, some dialects refuse the query when they run it. What is
    inside of JSON is JSON, a text, or a scalar of its own type: `form` says which.
    """

    part: Expr
    path: tuple[Expr, ...] = Field(min_length=1)
    safe: StrictBool = False
    form: Literal["value", "json", "text", "scalar"] = "value"


class Series(Node):
    """An array of numbers, or of dates, from the first to the last; the third is the step."""

    series: tuple[Expr, ...] = Field(min_length=2, max_length=3)


class Array(Node):
    """An array of these values."""

    array: tuple[Expr, ...]


class Star(Node):
    """All columns, of one table or of all. It is only allowed in `select`.

    Those in `except` are left out, and those in `replace` have other values. A check puts the
    columns themselves in place of such a star.
    """

    star: Annotated[StrictBool, Field(json_schema_extra={"const": True})]
    table: Name | None = None
    except_: tuple[Name, ...] = Field((), alias="except")
    replace: tuple[Item, ...] = ()


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
    """Which rows around the current one a window function sees.

    A bound is in SQL's words, such as `3 preceding`; of a range also `7 day preceding`. `exclude`
    leaves out the current row, those that are its equals, or both.
    """

    frame: Literal["rows", "range", "groups"]
    start: str
    end: str | None = None
    exclude: Literal["current row", "group", "ties"] | None = None


class Window(Node):
    """An aggregate or a ranking function over a window.

    With `ignore_nulls`, the function passes over rows where its value is null.
    """

    window: Aggregate | Function
    partition_by: tuple[Expr, ...] = ()
    order_by: tuple[Sort, ...] = ()
    frame: Frame | None = None
    ignore_nulls: StrictBool = False


class Subquery(Node):
    """A query as a value, or as the operand of `in` or `exists`."""

    query: Query
