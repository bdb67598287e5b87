"""
Dates that are numbers: DATEADD(month, DATEDIFF(month, 0, x), 0) is the first of x's month.

0 is a day then, from which SQL Server counts.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect

# Others do not begin where DATE_TRUNC does: its weeks begin on a Sunday.
_UNITS = ("year", "quarter", "month", "day")


def number_as_date(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return DATEADD to a number as one to the date that it means. Raises Refused."""
    if not source.zero_date or source is target or not isinstance(node, exp.DateAdd):
        return node
    since, count = _since_zero(node.this, source), _since_zero(node.expression, source)
    unit = node.text("unit").lower()
    if since and _unit(since) == "day":
        node.set("this", exp.cast(since.this, "date"))
    elif _is_zero(node.this) and count and unit == _unit(count) and unit in _UNITS:
        return exp.TimestampTrunc(this=count.this, unit=exp.var(unit.upper()))
    elif _is_zero(node.this):
        node.set("this", exp.cast(exp.Literal.string(source.zero_date), "timestamp"))
    elif since or isinstance(node.this, exp.DateDiff) or node.this.is_number:
        raise lacks(target, "number that is a date")
    return node


def _is_zero(value: exp.Expr) -> bool:
    return bool(value.is_int) and value.name == "0"


def _since_zero(value: exp.Expr, source: Dialect) -> exp.DateDiff | None:
    """Return a DATEDIFF that counts from the day 0."""
    if not isinstance(value, exp.DateDiff):
        return None
    begins = value.expression.this if isinstance(value.expression, exp.Func) else value.expression
    return value if begins.is_string and begins.name == source.zero_date else None


def _unit(count: exp.DateDiff) -> str:
    return count.text("unit").lower() or "day"
