"""Times of a day, to which lengths of time are added in some dialects only."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue


def has_clocks(tree: exp.Expr, catalogue: Catalogue | None) -> bool:
    """May the query have times without a date?"""
    types = catalogue.types if catalogue else {}
    columns = (types.get(column.name.lower(), "").lower() for column in tree.find_all(exp.Column))
    return any(name.startswith("time") and not name.startswith("timestamp") for name in columns)


def checked_clock(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Raise Refused for a time of a day that the target adds to, or counts, in another way."""
    counts = isinstance(node, exp.Extract) and node.name.upper() == "EPOCH"
    if counts and target.affinities and _is_clock(node.expression):
        raise lacks(target, "number of seconds of a time without a date")
    if not isinstance(node, exp.Add | exp.Sub):
        return node
    sides = (node.left.unnest(), node.right.unnest())
    if not any(map(_is_clock, sides)):
        return node
    if any(side.is_type("date") for side in sides) and not target.interval_type:
        raise lacks(target, "sum of a date and a time")
    wraps = source.hours_pass_24 == target.hours_pass_24 and not target.affinities
    if not wraps and any(isinstance(side, exp.Interval) for side in sides):
        raise lacks(target, "time without a date, plus or minus an INTERVAL")
    return node


def _is_clock(value: exp.Expr) -> bool:
    return bool(value.unnest().is_type("time", "timetz"))
