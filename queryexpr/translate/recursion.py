"""
Queries that name themselves, whose columns keep the types of their first part.

In Postgres a date plus an INTERVAL is a time, which is no date; in MySQL a text may become no
longer than the first.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.lift.queries import recurs
from queryexpr.translate.dates.times import TIMES

_DAYS = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"}


def may_recur(tree: exp.Expr, target: Dialect) -> bool:
    """Has the query a recursion, which the target types in its own way?"""
    types = target.dates_become_times or target.recursion_text or target.affinities
    return bool(types) and any(map(recurs, tree.find_all(exp.CTE)))


def recursive_types(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a query of WITH that names itself, whose parts have the same types in the target."""
    if not isinstance(node, exp.CTE) or not may_recur(node, target):
        return node
    if not isinstance(node.this, exp.Union):
        return node
    first, step = node.this.left.unnest(), node.this.right.unnest()
    assert isinstance(first, exp.Query)
    assert isinstance(step, exp.Query)
    for one, other in zip(first.selects, step.selects, strict=False):
        _match(one.unalias(), other.unalias(), target)
    return node


def _match(first: exp.Expr, step: exp.Expr, target: Dialect) -> None:
    days = (value for value in (first, step) if _is_moved(value))
    if first.is_type("date") and target.dates_become_times:
        for value in days:
            value.replace(exp.cast(value.copy(), "date"))
    if first.is_type(*TIMES) and target.affinities and _is_moved(step):
        step.set("this", exp.Anonymous(this="DATETIME", expressions=[step.this.copy()]))
    if first.is_type(*exp.DataType.TEXT_TYPES) and not isinstance(step, exp.Column):
        for value in (first, step) if target.wide_text else (first,):
            _as_text(value, target)


def _as_text(value: exp.Expr, target: Dialect) -> None:
    if target.recursion_text:
        to = exp.DataType.build(target.recursion_text, dialect=target.name)
        value.replace(exp.Cast(this=value.copy(), to=to))


def _is_moved(value: exp.Expr) -> bool:
    """Is it a value plus or minus days?"""
    value = value.unnest()
    if not isinstance(value, exp.Add | exp.Sub | exp.DateAdd | exp.DateSub | exp.TsOrDsAdd):
        return False
    length = value.expression if isinstance(value.expression, exp.Interval) else value
    return length.text("unit").upper().removesuffix("S") in _DAYS
