"""Whole seconds since 1970, and the times that they are."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.copies import copied
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect


def as_epoch(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return UNIX_SECONDS as a part of a time, and the time of a number as a sum."""
    if isinstance(node, exp.Anonymous) and node.name.upper() == "UNIX_TIMESTAMP":
        return node if source is target else _of_time(node, target)
    if isinstance(node, exp.UnixSeconds):
        return _whole(_seconds(node.this, target))
    if not isinstance(node, exp.UnixToTime) or node.args.get("scale") or source is target:
        return node
    if source.from_epoch:  # which is null for a negative number
        positive = exp.GTE(this=exp.paren(copied(node.this)), expression=exp.convert(0))
        return exp.Case(ifs=[exp.If(this=positive, true=node.copy())])
    return fill(target.from_epoch, target, value=node.this) if target.from_epoch else node


def _seconds(time: exp.Expr, target: Dialect) -> exp.Expr:
    if not {"", "epoch"} & {*target.extract} or "epoch" in target.lacks_parts:
        raise lacks(target, "number of seconds since 1970")
    if target.may_call("EPOCH"):
        return exp.Anonymous(this="EPOCH", expressions=[time])
    return exp.Extract(this=exp.var("EPOCH"), expression=time)


def _whole(seconds: exp.Expr) -> exp.Expr:
    return exp.cast(exp.Floor(this=seconds), "bigint")


def _of_time(node: exp.Anonymous, target: Dialect) -> exp.Expr:
    """Return UNIX_TIMESTAMP(x) of MySQL, which is null before 1970, with the fraction of x."""
    if not node.expressions:
        return _whole(_seconds(exp.CurrentTimestamp(), target))
    time = node.expressions[0]
    if time.is_string:
        time = exp.cast(time, "timestamp")
    since = exp.GTE(this=_seconds(copied(time), target), expression=exp.convert(0))
    return exp.Case(ifs=[exp.If(this=since, true=_seconds(copied(time), target))])
