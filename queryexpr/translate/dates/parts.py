"""Functions that are named for a part of a date, and how days of a week and weeks are counted."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.copies import copied
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect

_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "YEAR", exp.Quarter: "QUARTER", exp.Month: "MONTH", exp.Day: "DAY",
    exp.DayOfMonth: "DAY", exp.DayOfYear: "DOY", exp.Hour: "HOUR", exp.Minute: "MINUTE",
    exp.Second: "SECOND",
}  # fmt: skip
_DAYS: dict[type[exp.Expr], str] = {exp.DayOfWeek: "DAYOFWEEK", exp.DayOfWeekIso: "ISODOW"}
_WEEKS: dict[type[exp.Expr], str] = {exp.Week: "WEEK", exp.WeekOfYear: "WEEKOFYEAR"}
_SYNONYMS = {"ISODOW": "DAYOFWEEKISO"}
# Modes of MySQL's WEEK that begin at 0: weeks begin on a Sunday, at 0, or a Monday; the first of a
# year has at least so many days in it.
_MODES = {"0": (0, 7), "1": (1, 4), "4": (0, 4), "5": (1, 7)}
_ISO = "3"  # the mode of MySQL's WEEK that counts so


def as_part(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return YEAR(x) as EXTRACT(YEAR FROM x), where the target has no such function."""
    part = _PARTS.get(type(node))
    if part is None or target.may_call(type(node).__name__.upper()):
        return node
    return exp.Extract(this=exp.var(part), expression=node.this)


def day_or_week(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr | None:
    """Return the number of a day or of a week in the words of the target; None for other nodes."""
    if counts_iso_weeks(node, source):
        return _part("isoweek", node.this, target)
    if (weeks := _weeks_from(node, source)) is not None:
        return _week(node.this, weeks, target)
    if _is_year_and_week(node, source):
        return _year_and_week(node.expressions[0], target)
    if (counts := _counts(node, source)) is None:
        return None
    shift, first = counts
    number = _part("weekday", _date(node), target)
    if shift:
        moved = exp.paren(exp.Add(this=number, expression=exp.Literal.number(shift)))
        number = exp.Mod(this=moved, expression=exp.Literal.number(7))
    if first:
        number = exp.Add(this=number, expression=exp.Literal.number(first))
    return exp.Paren(this=number) if isinstance(number, exp.Binary) else number


def _is_year_and_week(node: exp.Expr, source: Dialect) -> bool:
    """Is it YEARWEEK(x, 3) of MySQL, or (x, 1), whose weeks are ISO's?"""
    if not isinstance(node, exp.Anonymous) or node.name.upper() != "YEARWEEK":
        return False
    return source.may_call("YEARWEEK") and [n.name for n in node.expressions[1:]] in (["1"], ["3"])


def _year_and_week(date: exp.Expr, target: Dialect) -> exp.Expr | None:
    if target.may_call("YEARWEEK"):
        return None
    year = exp.Mul(this=_part("isoyear", copied(date), target), expression=exp.Literal.number(100))
    week = exp.Add(this=year, expression=_part("isoweek", copied(date), target))
    return exp.paren(week)


def is_counted(node: exp.Expr, source: Dialect) -> bool:
    """Is it such a number, and known what it counts?"""
    if counts_iso_weeks(node, source) or _weeks_from(node, source) is not None:
        return True
    return _counts(node, source) is not None


def counts_iso_weeks(node: exp.Expr, source: Dialect) -> bool:
    """Is it a function that counts weeks as ISO does?"""
    mode = node.args.get("mode") if isinstance(node, exp.Week) else None
    return _WEEKS.get(type(node)) in source.iso_weeks if mode is None else mode.name == _ISO


def _weeks_from(node: exp.Expr, source: Dialect) -> tuple[int, int] | None:
    """Return on which day weeks begin, and how many days the first one has; None if unknown."""
    mode = node.args.get("mode") if isinstance(node, exp.Week) else None
    if _WEEKS.get(type(node)) not in source.sunday_weeks:
        return None
    return _MODES.get("0" if mode is None else mode.name)


def _week(date: exp.Expr, first: tuple[int, int], target: Dialect) -> exp.Expr:
    """Return how many weeks of a year began until a date, and had enough days in it."""
    start, days = first
    weekday: exp.Expr = _part("weekday", copied(date), target)
    if start:  # from Monday, at 0
        moved = exp.paren(exp.Add(this=weekday, expression=exp.Literal.number(6)))
        weekday = exp.Mod(this=moved, expression=exp.Literal.number(7))
    shift = exp.Literal.number(13 - days)
    day = exp.Add(this=_part("yearday", copied(date), target), expression=shift)
    weeks = exp.Div(
        this=exp.paren(exp.Sub(this=day, expression=exp.paren(weekday))),
        expression=exp.Literal.number("7.0"),
    )
    return exp.cast(exp.Floor(this=weeks), "int")


def _counts(node: exp.Expr, source: Dialect) -> tuple[int, int] | None:
    """Return what a number of the day of a week counts; None if that is not known."""
    name = _DAYS.get(type(node), "")
    if isinstance(node, exp.Extract | exp.Anonymous):
        name = node.name.upper()
    return source.days_of_week.get(name) or source.days_of_week.get(_SYNONYMS.get(name, ""))


def _date(node: exp.Expr) -> exp.Expr:
    date: exp.Expr = node.this
    if isinstance(node, exp.Extract):
        date = node.expression
    return node.expressions[0] if isinstance(node, exp.Anonymous) else date


def _part(unit: str, date: exp.Expr, target: Dialect) -> exp.Expr:
    template = target.extract.get(unit, target.extract.get("") if unit == "isoyear" else None)
    if template is None or unit in target.lacks_parts:
        raise lacks(target, f"part {unit!r} of a date")
    return fill(template, target, unit=unit, value=date)
