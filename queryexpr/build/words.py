"""What sqlglot does not translate, or not to the same meaning: patterns, dates rounded down."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.templates import fill
from queryexpr.build.values import SAFE_CAST
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import plain_grammar
from queryexpr.issues import Issue, Refused

_CODE = re.compile(r"%.")


def lacks(target: Dialect, what: str) -> Refused:
    """Return the error that the dialect cannot say `what`."""
    message = f"{target.title} has no {what}. Choose another dialect, or ask without it."
    return Refused(Issue("dialect", message))


def reworded(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a node of a query of `source` in the words of `target`. Raises Refused."""
    if isinstance(node, exp.RegexpLike | exp.RegexpILike):
        return _regexp(node, source, target)
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and target.trunc is not None:
        return _truncated(node, target)
    has_difference = {"DATEDIFF", "DATE_DIFF"} & {*target.unit_at} or target.may_call("DATE_DIFF")
    if isinstance(node, exp.DateDiff) and not has_difference:
        return _difference(node, target)
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


def check_words(tree: exp.Expr, source: Dialect, target: Dialect) -> None:
    """Raise Refused for what the target has not, before anything is put into its words."""
    for node in tree.walk():
        if what := _lacking(node, source, target):
            raise lacks(target, what)


def _lacking(node: exp.Expr, source: Dialect, target: Dialect) -> str:
    """Return what the target has not, or not with the same meaning; empty if it has."""
    if isinstance(node, exp.JSONExtract | exp.JSONExtractScalar):
        return f"paths of JSON as those of {source.title}"
    if isinstance(node, exp.Glob) and not target.glob:
        return "GLOB"
    if type(node) is exp.TryCast and not target.tries_casts:
        return SAFE_CAST
    if isinstance(node, exp.Collate):
        return f"collation of {source.title}"
    called = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    if called in ("DATE", "TIME", "DATETIME") and len(node.expressions) > 1:
        return f"DATE with the modifiers of {source.title}"
    if isinstance(node, exp.DayOfWeek | exp.Week) or node.name.upper() == "WEEKDAY":
        return f"number of a day or a week as {source.title} counts it"
    if isinstance(node, exp.Cast) and node.to.is_type("interval") and not target.interval_type:
        return "type INTERVAL"
    if isinstance(node, exp.Substring) and _starts_otherwise(node, source, target):
        return f"SUBSTRING with a start below 1 as {source.title}"
    return _format(node, source, target)


def _starts_otherwise(node: exp.Substring, source: Dialect, target: Dialect) -> bool:
    """May it begin at no letter, where the dialects differ in what that means?"""
    if (source.starts_from_end, source.clips_starts) == (
        target.starts_from_end, target.clips_starts
    ):  # fmt: skip
        return False
    start = node.args.get("start")
    value = start.unnest() if start else None
    if isinstance(value, exp.Literal):
        return value.name == "0"
    return isinstance(value, exp.Neg | exp.Column | exp.Null)


def _format(node: exp.Expr, source: Dialect, target: Dialect) -> str:
    if not isinstance(node, exp.TimeToStr | exp.StrToTime):
        return ""
    of_c = source.percent_formats == target.percent_formats == "c"
    if not of_c and {"%W", "%U"} & {*_CODE.findall(node.text("format"))}:
        return f"number of a week as {source.title} counts it"
    if target.percent_formats:
        return ""
    written = plain_grammar(target).generator().format_time(node) or ""
    return "format of dates as that" if "%" in written else ""


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
        return fill(template, target, unit=word, value=value.copy())

    years = exp.paren(part("year", late) - part("year", early))
    if unit == "year":
        return years
    return exp.paren(years * 12 + part("month", late) - part("month", early))


_PARTS = {"dow": "weekday", "doy": "yearday"}


def _extracted(node: exp.Extract, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a part of a date; weeks are ISO's, and days of the week begin with Sunday, at 0."""
    word = node.this.name.lower()
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
        nulls = exp.or_(*(exp.Is(this=value.copy(), expression=exp.null()) for value in values))
        return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.paren(nulls)), true=node.copy())])
    if len(values) > 2:
        raise lacks(target, f"{type(node).__name__.upper()} that skips nulls")
    return exp.Coalesce(this=node.copy(), expressions=[value.copy() for value in values])


def _counted(node: exp.CountIf) -> exp.Expr:
    """Return COUNT_IF(x) as a sum, which is null where there are only nulls."""
    opposite = exp.Not(this=exp.paren(node.this.copy()))
    ifs = [exp.If(this=node.this.copy(), true=exp.Literal.number(1)),
           exp.If(this=opposite, true=exp.Literal.number(0))]  # fmt: skip
    return exp.Sum(this=exp.Case(ifs=ifs))


def _regexp(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    if not target.regexp:
        raise lacks(target, "regular expressions")
    if "whole" in (source.regexp, target.regexp) and source.regexp != target.regexp:
        raise lacks(target, f"regular expressions as those of {source.title}")
    minds_case = isinstance(node, exp.RegexpLike) and source.regexp != "loose"
    if minds_case and target.regexp == "loose":
        raise lacks(target, "regular expressions that mind case")
    plain = minds_case or target.regexp == "loose"
    kind = exp.RegexpLike if plain else exp.RegexpILike
    return kind(this=node.this, expression=node.expression)


def _truncated(node: exp.Expr, target: Dialect) -> exp.Expr:
    unit = node.args["unit"].name.lower()
    templates = target.trunc or {}
    template = templates.get(unit, templates.get(""))
    if template is None:
        raise lacks(target, f"rounding of dates down to the {unit}")
    return fill(template, target, unit=unit, value=node.this)
