"""Whole seconds since 1970, and the times that they are."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.copies import copied
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect


def as_epoch(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return UNIX_SECONDS as a part of a time, and the time of a number as a sum."""
    if isinstance(node, exp.UnixSeconds):
        if not {"", "epoch"} & {*target.extract} or "epoch" in target.lacks_parts:
            raise lacks(target, "UNIX_SECONDS")
        seconds: exp.Expr = exp.Extract(this=exp.var("EPOCH"), expression=node.this)
        if target.may_call("EPOCH"):
            seconds = exp.Anonymous(this="EPOCH", expressions=[node.this])
        return exp.cast(exp.Floor(this=seconds), "bigint")
    if not isinstance(node, exp.UnixToTime) or node.args.get("scale") or source is target:
        return node
    if source.from_epoch:  # which is null for a negative number
        positive = exp.GTE(this=exp.paren(copied(node.this)), expression=exp.convert(0))
        return exp.Case(ifs=[exp.If(this=positive, true=node.copy())])
    return fill(target.from_epoch, target, value=node.this) if target.from_epoch else node
