"""Dates that are rounded down to a week, which begins on a Monday in most dialects."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect

_ISO = {"ISOWEEK", "ISO_WEEK"}
_ERAS = {"CENTURY", "MILLENNIUM"}  # begin in 2000 or in 2001


def same_week(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a date that is rounded down to a Monday, as one by WEEK. Raises Refused."""
    if isinstance(node, exp.DatetimeTrunc) and not target.may_call("DATETIME_TRUNC"):
        node = exp.TimestampTrunc(this=node.this, unit=node.args["unit"])
    if not isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        return node
    unit = node.args["unit"].name.upper()
    if isinstance(node.args["unit"], exp.WeekStart):
        if unit != "MONDAY":
            raise lacks(target, f"weeks that begin on a {unit.title()}")
        node.set("unit", exp.var("WEEK"))
    elif unit == "WEEK" and not source.truncs_to_monday:
        raise lacks(target, f"weeks that begin as those of {source.title}")
    if unit in _ERAS and source is not target:
        raise lacks(target, f"rounding of dates down to the {unit.lower()} as {source.title}")
    if unit == "ISOYEAR" and target.may_call("MAKE_DATE") and source is not target:
        return _of_fourth(node)
    if unit in _ISO:
        is_text = isinstance(node.args["unit"], exp.Literal)
        node.set("unit", exp.Literal.string("WEEK") if is_text else exp.var("WEEK"))
    return node


def _of_fourth(node: exp.Expr) -> exp.Expr:
    """Return the first day of a year of ISO's weeks: its first week has the 4th of January."""
    year = exp.cast(exp.Extract(this=exp.var("ISOYEAR"), expression=node.this), "int")
    month, day = exp.Literal.number(1), exp.Literal.number(4)
    fourth = exp.Anonymous(this="MAKE_DATE", expressions=[year, month, day])
    return exp.TimestampTrunc(this=fourth, unit=exp.var("WEEK"))
