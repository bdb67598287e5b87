"""What sqlglot does not translate, or not to the same meaning: patterns, dates rounded down."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.issues import Issue, Refused


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
    if isinstance(node, exp.Glob) and not target.glob:
        raise lacks(target, "GLOB")
    return node


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
