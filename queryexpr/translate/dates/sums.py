"""Dates, numbers and times that are added or subtracted without a unit."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue, family
from queryexpr.translate.changes import bare

_TIMES = exp.DataType.TEMPORAL_TYPES
_WHOLE = exp.DataType.INTEGER_TYPES
_COUNTED = (
    exp.Sum, exp.Avg, exp.Abs, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Round, exp.Floor,
    exp.Ceil,
)  # fmt: skip


def counts_dates(tree: exp.Expr, catalogue: Catalogue | None) -> bool:
    """May the query calculate with the digits of a date?"""
    types = catalogue.types if catalogue else {}
    values = (value for node in tree.find_all(*_COUNTED) for value in node.iter_expressions())
    names = [bare(value).name.lower() for value in values if isinstance(bare(value), exp.Column)]
    times = {n.name.lower() for n in tree.find_all(exp.Column)} if names else set()
    has_times = any(family(types.get(name, "")) == "time" for name in times)
    return has_times and any(family(types.get(name, "time")) == "time" for name in names)


def as_number(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Refuse to calculate with a date, which is a number of its digits in some dialects."""
    if not isinstance(node, _COUNTED) or source is target:
        return node
    if any(map(_is_date, node.iter_expressions())):
        message = f"A date is no number in {target.title}: cast it, or use a function of dates."
        raise Refused(Issue("dialect", message))
    return node


def _is_date(value: exp.Expr) -> bool:
    """Is it a date or a time, and no sum of them, which may be a number?"""
    return bare(value).is_type(*_TIMES) and not value.find(exp.Sub, exp.Add)


def dates(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return `date - date`, and `date + 7`, as the days that they mean."""
    if not isinstance(node, exp.Add | exp.Sub):
        return node
    left, right = bare(node.this), bare(node.expression)
    if isinstance(node, exp.Sub):
        left, right = _dated(left, right), _dated(right, left)
    elif right.is_type(*_TIMES) and not left.is_type(*_TIMES):
        left, right = right, left
    if source.date_numbers == target.date_numbers == "days" or not left.is_type(*_TIMES):
        return node
    if _is_other_sum(node, right):
        raise differs(source, target)
    if isinstance(node, exp.Sub) and right.is_type(*_TIMES):
        days = left.is_type("date") and right.is_type("date")
        if source.date_numbers != "days" or not days:
            raise differs(source, target)
        return fill(target.days, target, late=left, early=right)
    if right.is_type(*_WHOLE) and not right.find(exp.Interval):
        if source.date_numbers != "days" or not left.is_type("date"):
            raise differs(source, target)
        number = exp.Neg(this=exp.Paren(this=right)) if isinstance(node, exp.Sub) else right
        template = target.add.get("day") or target.add[""]
        return fill(template, target, unit="day", value=left, number=number)
    return node


def _is_other_sum(node: exp.Expr, right: exp.Expr) -> bool:
    """Is a date or a text added to a date? In MySQL those are digits then."""
    other = right.is_type(*_TIMES, *exp.DataType.TEXT_TYPES)
    return isinstance(node, exp.Add) and other and not isinstance(right, exp.Interval)


def _dated(side: exp.Expr, other: exp.Expr) -> exp.Expr:
    """Return a text that is subtracted from a date, or the other way round, as a date."""
    if not side.is_type(*exp.DataType.TEXT_TYPES) or not other.is_type(*_TIMES):
        return side
    date = exp.cast(side.copy(), other.type or "date")
    side.replace(date)
    return date


def differs(source: Dialect, target: Dialect) -> Refused:
    """Return the error for a sum that means something else."""
    message = (
        f"A date minus or plus a value means something else in {target.title} than in"
        f" {source.title}: use a function that names the unit."
    )
    return Refused(Issue("dialect", message))
