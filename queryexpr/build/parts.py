"""Parts of values, and arrays → sqlglot's trees."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.json import write_json
from queryexpr.expression import Array, Cast, Column, Interval, Op, Part, Series


def write_part(builder: Builder, node: Part) -> exp.Expr:
    if node.form != "value":
        return write_json(builder, node)
    whole = builder.value(node.part)
    is_call = isinstance(whole, exp.Anonymous) and not isinstance(node.part, Op)
    is_call &= not builder.dialect.calls_need_parentheses
    if not isinstance(node.part, Column) and not is_call:
        whole = exp.Paren(this=whole)
    for step in node.path:
        write = _field if isinstance(step, str) else _element
        whole = write(builder, whole, step, node.safe)
    return whole


def _field(builder: Builder, whole: exp.Expr, name: str, safe: bool) -> exp.Expr:
    if builder.dialect.fields == "brackets":
        return exp.Bracket(this=whole, expressions=[exp.Literal.string(name)])
    if builder.dialect.fields == "dots":
        return exp.Dot(this=whole, expression=builder.name(name))
    raise builder.lacks(f"records with fields, such as {name!r}")


def _element(builder: Builder, whole: exp.Expr, number: Any, safe: bool) -> exp.Expr:
    dialect = builder.dialect
    if not dialect.arrays:
        raise builder.lacks("arrays with elements")
    if dialect.element == "word" and not (isinstance(number, int) and number < 0):
        index = builder.value(number)
        return exp.Bracket(this=whole, expressions=[index], offset=0, safe=safe)
    if isinstance(number, int) and number < 0:
        if not dialect.ends:
            raise builder.lacks("elements that are counted from the end")
        number -= dialect.first_element  # sqlglot adds it
    if isinstance(number, int) or dialect.first_element == 0:
        return exp.Bracket(this=whole, expressions=[builder.value(number)])
    return exp.Bracket(this=whole, expressions=[_from_one(builder, number)])


def _from_one(builder: Builder, number: Any) -> exp.Expr:
    """Return a computed number of an element, which is counted from 1 there."""
    is_less = isinstance(number, Op) and number.op == "-" and number.args[1:] == (1,)
    if is_less and isinstance(number.args[0], Column):
        return builder.value(number.args[0])
    raise builder.lacks("elements whose number is computed otherwise than by a column")


def write_array(builder: Builder, node: Array) -> exp.Expr:
    if not builder.dialect.arrays:
        raise builder.lacks("arrays")
    return exp.Array(expressions=builder.values(node.array))


def write_series(builder: Builder, node: Series) -> exp.Expr:
    if builder.dialect.series != "array":
        raise builder.lacks("arrays that count, but in FROM" if builder.dialect.series else _COUNTS)
    return series_call(builder, node)


def series_call(builder: Builder, node: Series) -> exp.Expr:
    """Return the call that counts; one of dates has a length of time as its step."""
    is_time = isinstance(node.series[-1], Interval | Cast)
    kinds = {"dates", "any"} if is_time else {"numbers", "any"}
    names = (name for name, kind in builder.dialect.series_read.items() if kind in kinds)
    name = next(names, None)
    if name is None:
        raise builder.lacks(_COUNTS)
    return exp.Anonymous(this=name, expressions=builder.values(node.series))


_COUNTS = "function that counts from one value to another"


PARTS: dict[type, Writing] = {Part: write_part, Array: write_array, Series: write_series}
