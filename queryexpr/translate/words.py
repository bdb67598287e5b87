"""What sqlglot translates to another meaning, or not: regular expressions, dates rounded down."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.copies import copied
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.dates.differences import whole
from queryexpr.translate.dates.parts import day_or_week
from queryexpr.translate.texts.named import at_end

_ENDS = {"ENDS_WITH", "ENDSWITH"}


def reworded(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a node of a query of `source` in the words of `target`. Raises Refused."""
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and target.trunc is not None:
        return _truncated(node, target)
    if (number := day_or_week(node, source, target)) is not None:
        return number
    has_difference = {"DATEDIFF", "DATE_DIFF"} & {*target.unit_at} or target.may_call("DATE_DIFF")
    if isinstance(node, exp.DateDiff) and not has_difference:
        return _difference(node, target)
    if isinstance(node, exp.TimestampDiff):
        return whole(node, target)
    if isinstance(node, exp.LastDay) and target.last_day:
        unit = node.text("unit").lower()
        if unit not in ("", "month"):
            raise lacks(target, f"LAST_DAY of a {unit}")
        return fill(target.last_day, target, value=node.this)
    if isinstance(node, exp.EndsWith) and not _ENDS & target.functions:
        return at_end(node.this, node.expression, target)
    if isinstance(node, exp.StartsWith | exp.Contains) and not target.may_call(node.sql_name()):
        return _found(node)
    if isinstance(node, exp.Greatest | exp.Least):
        return _extreme(node, source, target)
    if isinstance(node, exp.CountIf) and source.counts_if_by_sum:
        return _counted(node)
    if isinstance(node, exp.Extract):
        return _extracted(node, source, target)
    return node


def format_last(node: exp.Expr) -> exp.Expr:
    """Return STRFTIME('%Y', x) of DuckDB as STRFTIME(x, '%Y'): it takes both."""
    if isinstance(node, exp.TimeToStr) and node.this.is_string:
        value = node.args["format"]
        if not value.is_string:
            node.set("format", node.this)
            node.set("this", value)
    return node


def _difference(node: exp.DateDiff, target: Dialect) -> exp.Expr:
    """Return how many days, months or years begin between two dates."""
    unit = (node.text("unit") or "day").lower()
    late, early = node.this, node.expression
    if unit == "day":
        return fill(target.days, target, late=late, early=early)
    if unit not in ("month", "year"):
        raise lacks(target, f"difference of dates in {unit}s")

    def part(word: str, value: exp.Expr) -> exp.Expr:
        template = target.extract.get(word, target.extract.get("", ""))
        return fill(template, target, unit=word, value=copied(value))

    years = exp.paren(part("year", late) - part("year", early))
    if unit == "year":
        return years
    return exp.paren(years * 12 + part("month", late) - part("month", early))


_PARTS = {"dow": "weekday", "doy": "yearday", "dayofyear": "yearday"}


def _extracted(node: exp.Extract, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a part of a date; weeks are ISO's, and days of the week begin with Sunday, at 0."""
    word = node.this.name.lower()
    if word == "date":  # of BigQuery
        return exp.cast(node.expression, "date")
    unit = _PARTS.get(word, word)
    unclear = unit in ("dayofweek", "weekday") and not source.sunday_is_0
    if unclear or unit == "isodow" or (unit == "week" and not source.weeks_are_iso):
        raise lacks(target, f"number of a day or a week as {source.title} counts it")
    unit = "isoweek" if unit == "week" else "weekday" if unit == "dayofweek" else unit
    template = target.extract.get(unit, target.extract.get(""))
    if template is None or unit in target.lacks_parts:
        raise lacks(target, f"part {unit!r} of a date")
    return fill(template, target, unit=unit, value=node.expression)


def _extreme(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return the greatest of values, which is null where one of them is, or skips it."""
    if source.greatest_skips_nulls == target.greatest_skips_nulls:
        return node
    values = [node.this, *node.expressions]
    if not source.greatest_skips_nulls:
        nulls = exp.or_(*(exp.Is(this=copied(value), expression=exp.null()) for value in values))
        return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.paren(nulls)), true=copied(node))])
    if len(values) > 2:
        raise lacks(target, f"{type(node).__name__.upper()} that skips nulls")
    return exp.Coalesce(this=copied(node), expressions=[copied(value) for value in values])


def _found(node: exp.StartsWith | exp.Contains) -> exp.Expr:
    """Return whether a text begins with another, or has it, by its place."""
    text, part = node.this, node.expression
    if isinstance(node, exp.Contains):
        place = exp.StrPosition(this=text, substr=part)
        return exp.Paren(this=exp.GT(this=place, expression=exp.Literal.number(0)))
    size = exp.Length(this=copied(part))
    start = exp.Substring(this=text, start=exp.Literal.number(1), length=size)
    return exp.Paren(this=exp.EQ(this=start, expression=part))


def _counted(node: exp.CountIf) -> exp.Expr:
    """Return COUNT_IF(x) as a sum, which is null where there are only nulls."""
    opposite = exp.Not(this=exp.paren(copied(node.this)))
    ifs = [exp.If(this=copied(node.this), true=exp.Literal.number(1)),
           exp.If(this=opposite, true=exp.Literal.number(0))]  # fmt: skip
    return exp.Sum(this=exp.Case(ifs=ifs))


def _truncated(node: exp.Expr, target: Dialect) -> exp.Expr:
    unit = node.args["unit"].name.lower()
    templates = target.trunc or {}
    template = templates.get(unit, templates.get(""))
    if template is None:
        raise lacks(target, f"rounding of dates down to the {unit}")
    return fill(template, target, unit=unit, value=node.this)
