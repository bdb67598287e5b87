"""Portable functions of dates and times, by the templates of the dialect."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.templates import fill
from queryexpr.expression import Function, Interval

_SHIFTS = ("year", "month", "day", "hour", "minute", "second")
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
    return add_interval(builder, builder.value(node.args[0]), interval, 1)


def add_interval(builder: Builder, value: exp.Expr, interval: Interval, sign: int) -> exp.Expr:
    """Return `value` plus or minus a length of time."""
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
    return _added(builder, value, number, unit)


def _added(builder: Builder, value: exp.Expr, number: exp.Expr, unit: str) -> exp.Expr:
    is_negative, dialect = isinstance(number, exp.Neg), builder.dialect
    literal = number.this if is_negative else number
    templates = dialect.add_literal if isinstance(literal, exp.Literal) else {}
    if template := templates.get(unit, templates.get("")):
        sign, amount = "-" if is_negative else "+", str(literal.this)
        return fill(template, dialect, unit=unit, sign=sign, amount=amount, value=value)
    template = dialect.add.get(unit) or dialect.add[""]
    return fill(template, dialect, unit=unit, value=value, number=number)


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
