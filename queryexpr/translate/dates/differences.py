"""How many whole hours, days or months lie between two times, as against how many begin."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect

_TO_1970 = 719527  # days from 1 January of the year 0, as MySQL has no 29 February in it
_MONTHS = ("month", "quarter", "year")  # which are whole at other ends of months, by the dialect


def as_counted(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return DuckDB's DATE_SUB('day', a, b), and MySQL's TO_DAYS(a), as others count.

    Raises Refused.
    """
    if isinstance(node, exp.Anonymous) and node.name.upper() == "DATE_SUB":
        unit, early, late = node.expressions
        word = unit.name.lower()
        if word in _MONTHS:
            raise lacks(target, f"number of whole {word}s as {source.title} counts them")
        return exp.TimestampDiff(this=late, expression=early, unit=exp.var(word.upper()))
    if isinstance(node, exp.DateDiff) and _begins(node.expression, "0000-01-01"):
        epoch = exp.TsOrDsToDate(this=exp.Literal.string("1970-01-01"))
        return exp.paren(exp.DateDiff(this=node.this, expression=epoch) + _TO_1970)
    return node


def _begins(date: exp.Expr | None, day: str) -> bool:
    return isinstance(date, exp.TsOrDsToDate) and date.this == exp.Literal.string(day)


def whole(node: exp.TimestampDiff, target: Dialect) -> exp.Expr:
    """Return the number of whole units between two times. Raises Refused."""
    unit = node.text("unit").lower()
    template = target.whole_units.get(unit, target.whole_units.get(""))
    if template is None:
        raise lacks(target, f"number of whole {unit}s between two times")
    late, early = (_dated(value, target) for value in (node.this, node.expression))
    return fill(template, target, unit=unit, late=late, early=early)


def _dated(value: exp.Expr, target: Dialect) -> exp.Expr:
    """Return a text as a time, where the parts of one are only of times."""
    return exp.cast(value, "timestamp") if value.is_string and not target.affinities else value
