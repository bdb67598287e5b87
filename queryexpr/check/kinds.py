"""The kind of values that an expression has, as far as it is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from queryexpr.check.doubles import is_double
from queryexpr.check.growth import growth
from queryexpr.check.parts import part_family, type_of
from queryexpr.check.scope import Output, Scope
from queryexpr.dialects.operators import ARITHMETIC
from queryexpr.expression import (
    Aggregate,
    Case,
    Cast,
    Column,
    Function,
    Interval,
    Item,
    Native,
    Number,
    Op,
    Part,
    Subquery,
    Window,
)
from queryexpr.schema.catalogue import Family, family

_TEXTS = {"lower", "upper", "trim", "ltrim", "rtrim", "substring", "replace", "left", "right"}
_NATIVE_TEXTS = {"CONCAT", "CONCAT_WS", "INITCAP", "LPAD", "REVERSE", "RPAD", "TO_CHAR",
                 "STRFTIME", "DATE_FORMAT", "MONTHNAME", "DAYNAME", "SPLIT_PART",
                 "SUBSTRING_INDEX"}  # fmt: skip
_NUMBERS = {"length", "position", "abs", "round", "ceil", "floor", "sqrt", "power", "ln", "exp",
            "sign", "extract", "date_diff"}  # fmt: skip
_TIMES = {"current_date", "current_timestamp", "date", "date_trunc", "date_add"}
_AGGREGATES: dict[str, Family] = {
    "string_agg": "text", "count": "number", "sum": "number", "avg": "number",
}  # fmt: skip
_FUNCTIONS: dict[str, Family] = {
    **dict.fromkeys(_TEXTS, "text"), **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(_TIMES, "time"),
}  # fmt: skip


def describe(item: Item, scope: Scope) -> Output:
    """Return the column of the result that `item` makes."""
    if isinstance(item.expr, Column):
        matches = scope.find(item.expr.column, item.expr.table)
        if matches:
            output = matches[0][1]
            return replace(output, name=item.alias or output.name)
        return Output(item.alias or item.expr.column)
    last = item.expr.path[-1] if isinstance(item.expr, Part) else ""
    is_field = isinstance(last, str) and getattr(item.expr, "form", "") == "value"
    name = item.alias or (last if is_field else "")
    double = "double precision" if is_double(item.expr, scope) else ""
    return Output(
        name, kind(item.expr, scope), growth=growth(item.expr, scope),
        type=type_of(item.expr, scope) or double,
    )  # fmt: skip


def kind(value: Any, scope: Scope) -> Family:
    """Return the kind of values of an expression; empty where it is not known."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    read = _KINDS.get(type(value))
    return read(value, scope) if read else ""


def _column(value: Column, scope: Scope) -> Family:
    matches = scope.find(value.column, value.table)
    return matches[0][1].family if len(matches) == 1 else ""


def _op(value: Op, scope: Scope) -> Family:
    if value.op == "||":
        return "text"
    if value.op in ARITHMETIC:
        return "" if any(kind(arg, scope) == "time" for arg in value.args) else "number"
    return "" if value.op in ("at time zone", "collate", "array", "row") else "boolean"


def _aggregate(value: Aggregate, scope: Scope) -> Family:
    if value.agg in ("min", "max") and value.args:
        return kind(value.args[0], scope)
    return _AGGREGATES.get(value.agg, "")


def _function(value: Function, scope: Scope) -> Family:
    if value.fn in ("coalesce", "nullif") and value.args:
        return kind(value.args[0], scope)
    return _FUNCTIONS.get(value.fn, "")


def _native(value: Native, scope: Scope) -> Family:
    return "text" if value.native.upper() in _NATIVE_TEXTS else ""


_KINDS: dict[type, Any] = {
    Column: _column,
    Native: _native,
    Op: _op,
    Aggregate: _aggregate,
    Function: _function,
    str: lambda value, scope: "text",
    Number: lambda value, scope: "number",
    Cast: lambda value, scope: family(value.type),
    Case: lambda value, scope: kind(value.case[0].then, scope),
    Subquery: lambda value, scope: scope.family(value),
    Window: lambda value, scope: kind(value.window, scope),
    Interval: lambda value, scope: "time",
    Part: part_family,
}
