"""Portable functions of dates and times, by the templates of the dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.templates import fill
from queryexpr.expression import Aggregate, Cast, Column, Function, Interval, Native, Op

_SHIFTS = ("year", "month", "day", "hour", "minute", "second")
_TIMES = ("timestamp", "datetime", "smalldatetime")  # types of what has hours
DATE_LENGTH = len("2024-01-31")
_SMALLER = {"quarter": (3, "month"), "week": (7, "day")}


def current_date(builder: Builder, node: Function) -> exp.Expr:
    template = builder.dialect.today
    return fill(template, builder.dialect) if template else exp.CurrentDate()


def current_timestamp(builder: Builder, node: Function) -> exp.Expr:
    return exp.CurrentTimestamp()


def date(builder: Builder, node: Function) -> exp.Expr:
    return fill(builder.dialect.date, builder.dialect, value=builder.value(node.args[0]))


def extract(builder: Builder, node: Function) -> exp.Expr:
    unit, templates = node.unit or "year", builder.dialect.extract
    value, template = builder.value(node.args[0]), templates.get(unit, templates.get(""))
    if template is None:
        raise builder.lacks(f"part {unit!r} of a date")
    return fill(template, builder.dialect, unit=unit, value=value)


def date_trunc(builder: Builder, node: Function) -> exp.Expr:
    unit, templates = node.unit or "day", builder.dialect.trunc
    value = builder.value(node.args[0])
    if templates is None:
        return exp.TimestampTrunc(this=value, unit=exp.var(unit.upper()))
    template = templates.get(unit, templates.get(""))
    if template is None:
        raise builder.lacks(f"rounding of dates down to the {unit}")
    return fill(template, builder.dialect, unit=unit, value=value)


def date_add(builder: Builder, node: Function) -> exp.Expr:
    interval = Interval(interval=node.args[1], unit=node.unit or "day")
    return add_interval(builder, node.args[0], interval, 1)


def add_interval(builder: Builder, date: Any, interval: Interval, sign: int) -> exp.Expr:
    """Return `date` plus or minus a length of time."""
    unit: str = interval.unit
    amount = interval.interval
    if unit in _SMALLER and isinstance(amount, int):
        factor, unit = _SMALLER[unit]
        amount *= factor
    if unit not in _SHIFTS:
        raise builder.lacks(f"adding of a {unit} to a date")
    number = builder.value(amount * sign if isinstance(amount, int) else amount)
    if sign < 0 and not isinstance(amount, int):
        number = exp.Neg(this=_paren(number))
    key = f"time {unit}" if has_hours(builder, date) else unit
    return _added(builder, builder.value(date), number, (unit, key))


def has_hours(builder: Builder, value: Any) -> bool:
    """Is it a time, and not a date? The types of columns tell, if each of a name has the same."""
    match value:
        case Column():
            return builder.types.get(value.column.lower(), "").startswith(_TIMES)
        case Function(fn="current_timestamp") | Native(native="DATETIME"):
            return True
        case str():
            return len(value) > DATE_LENGTH
        case Function(fn="date_add" | "coalesce") | Aggregate(agg="min" | "max"):
            return bool(value.args) and has_hours(builder, value.args[0])
        case Cast():
            return value.type.lower().startswith(_TIMES)
        case Op(op="+" | "-"):
            return has_hours(builder, value.args[0])
    return False


def _added(builder: Builder, value: exp.Expr, number: exp.Expr, names: tuple[str, str]) -> exp.Expr:
    """Add by the template of names[1], if there is one, or of the unit, names[0]."""
    is_negative, dialect = isinstance(number, exp.Neg), builder.dialect
    literal = number.this if is_negative else number
    templates, unit = dialect.add_literal if isinstance(literal, exp.Literal) else {}, names[0]
    if template := _template(templates, names):
        sign, amount = "-" if is_negative else "+", str(literal.this)
        return fill(template, dialect, unit=unit, sign=sign, amount=amount, value=value)
    template = _template(dialect.add, names)
    return fill(template, dialect, unit=unit, value=value, number=number)


def _template(templates: Mapping[str, str], names: tuple[str, str]) -> str:
    unit, key = names
    return templates.get(key) or templates.get(unit) or templates.get("", "")


def date_diff(builder: Builder, node: Function) -> exp.Expr:
    """Return how many boundaries of `unit` lie between: a change of year is a year."""
    unit, (late, early) = node.unit or "day", node.args
    if unit == "year":
        return _minus(builder.value(_part("year", late)), builder.value(_part("year", early)))
    if unit == "month":
        return _minus(_months(builder, late), _months(builder, early))
    if unit != "day":
        raise builder.lacks(f"difference of dates in {unit}s")
    dialect = builder.dialect
    return fill(dialect.days, dialect, late=builder.value(late), early=builder.value(early))


def _part(unit: Any, value: Any) -> Function:
    return Function(fn="extract", unit=unit, args=(value,))


def _months(builder: Builder, value: Any) -> exp.Expr:
    year, month = (builder.value(_part(unit, value)) for unit in ("year", "month"))
    return exp.Add(this=exp.Mul(this=year, expression=exp.Literal.number(12)), expression=month)


def _minus(late: exp.Expr, early: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Sub(this=late, expression=_paren(early)))


def _paren(value: exp.Expr) -> exp.Expr:
    return exp.Paren(this=value) if isinstance(value, exp.Binary) else value


DATES: dict[str, Writing] = {
    "current_date": current_date, "current_timestamp": current_timestamp, "date": date,
    "extract": extract, "date_trunc": date_trunc, "date_add": date_add, "date_diff": date_diff,
}  # fmt: skip
