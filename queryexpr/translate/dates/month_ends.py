"""ADD_MONTHS, which goes from the last day of a month to the last day of another."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.copies import copied
from queryexpr.dialects.dialect import Dialect


def months_later(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return ADD_MONTHS(x, n) as a sum; the day after the last of a month is moved and left."""
    if not isinstance(node, exp.AddMonths) or target.may_call("ADD_MONTHS"):
        return node
    following = exp.Add(this=copied(node.this), expression=_days())
    moved = exp.Add(this=copied(following), expression=_months(node.expression))
    last = exp.Sub(this=moved, expression=_days())
    is_last = exp.EQ(
        this=exp.Extract(this=exp.var("DAY"), expression=following), expression=exp.convert(1)
    )
    other = exp.Add(this=copied(node.this), expression=_months(node.expression))
    return exp.Case(ifs=[exp.If(this=is_last, true=last)], default=other)


def _days() -> exp.Interval:
    return exp.Interval(this=exp.Literal.string("1"), unit=exp.var("DAY"))


def _months(number: exp.Expr) -> exp.Interval:
    value = number.unnest()
    if value.is_int:
        amount: exp.Expr = exp.Literal.string(str(value.to_py()))
    else:
        amount = exp.paren(copied(value)) if isinstance(value, exp.Binary) else copied(value)
    return exp.Interval(this=amount, unit=exp.var("MONTH"))
