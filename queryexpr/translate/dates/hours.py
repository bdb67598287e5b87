"""
Dates without hours, and those with: DATE and CURRENT_DATE of Oracle have them, and TRUNC cuts them.

A text as a date, DATE '2024-01-31', has none in any dialect.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.check.date_texts import TIME
from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue

_CODES = {
    "YEAR": "SYYYY YYYY YYY YY Y YEAR SYEAR", "QUARTER": "Q", "MONTH": "MONTH MON MM RM",
    "WEEK": "IW", "DAY": "DDD DD J", "HOUR": "HH HH12 HH24", "MINUTE": "MI",
}  # fmt: skip
_UNITS = {code: unit for unit, codes in _CODES.items() for code in codes.split()}
_NOW = (exp.CurrentDate, exp.CurrentTimestamp)


def without_hours(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a node of a dialect whose dates have hours in the words of the others."""
    if not source.dates_have_hours:
        return node
    match node:
        case exp.CurrentDate():
            return exp.CurrentTimestamp()
        case exp.DateStrToDate():
            return exp.cast(node.this, "date")
        case exp.StrToTime() if node.this.is_string and TIME.fullmatch(node.this.name):
            return exp.cast(node.this, "timestamp")
        case exp.Cast() if node.to.is_type("date") and not node.this.is_string:
            return exp.cast(node.this, "timestamp")
        case exp.DateTrunc():
            return _truncated(node, target)
    return node


def _truncated(node: exp.DateTrunc, target: Dialect) -> exp.Expr:
    code = node.args["unit"].name.upper()
    if code not in _UNITS:
        raise lacks(target, f"TRUNC of dates by {code!r}")
    if _UNITS[code] != "DAY":
        return exp.TimestampTrunc(this=node.this, unit=exp.var(_UNITS[code]))
    is_today = isinstance(node.this, _NOW)
    return exp.CurrentDate() if is_today else exp.cast(node.this, "date")


def with_hours(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return what is a day as one without hours in the target."""
    if isinstance(node, exp.CurrentDate) and target.today:
        return fill(target.today, target)
    is_cast = type(node) is exp.Cast and node.to.is_type("date") and not node.this.is_string
    if is_cast and target.dates_have_hours:
        return fill(target.date, target, value=node.this)
    return node


def truncates(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> bool:
    """Does the query call TRUNC(x), which is about a date or a number?"""
    return source.dates_have_hours and any(map(_is_trunc, tree.find_all(exp.Anonymous)))


def truncated(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return TRUNC(x) as the date or the number that it is. Raises Refused if that is unclear."""
    if not source.dates_have_hours or not _is_trunc(node):
        return node
    value = node.expressions[0]
    if value.is_type(*exp.DataType.TEMPORAL_TYPES):
        return exp.cast(value, "date")
    if value.is_type(*exp.DataType.NUMERIC_TYPES):
        return exp.Trunc(this=value)
    raise lacks(target, "TRUNC of a value that may be a number or a date")


def _is_trunc(node: exp.Expr) -> bool:
    is_call = isinstance(node, exp.Anonymous) and node.name.upper() == "TRUNC"
    return is_call and len(node.expressions) == 1
