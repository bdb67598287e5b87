"""How many whole hours, days or months lie between two times, as against how many begin."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect

_MONTHS = ("month", "quarter", "year")  # which are whole at other ends of months, by the dialect


def as_counted(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return what DuckDB's DATE_SUB('day', a, b) means, which is another thing elsewhere.

    Raises Refused.
    """
    if isinstance(node, exp.Anonymous) and node.name.upper() == "DATE_SUB":
        unit, early, late = node.expressions
        word = unit.name.lower()
        if word in _MONTHS:
            raise lacks(target, f"number of whole {word}s as {source.title} counts them")
        return exp.TimestampDiff(this=late, expression=early, unit=exp.var(word.upper()))
    return node


def whole(node: exp.TimestampDiff, target: Dialect) -> exp.Expr:
    """Return the number of whole units between two times. Raises Refused."""
    unit = node.text("unit").lower()
    template = target.whole_units.get(unit, target.whole_units.get(""))
    if template is None:
        raise lacks(target, f"number of whole {unit}s between two times")
    return fill(template, target, unit=unit, late=node.this, early=node.expression)
