"""Fractions of a second, which some dialects cut off."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.dates.modifiers import WHOLE

_TIMES = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME)
_ZONED = (exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ, exp.DType.TIMETZ)
_PARTS = ("second", "epoch")
_HOURS = len("2024-01-31 ") + 1  # where they begin
_OFFSET = re.compile(r":\d\d\S*\s*[+-]\d[\d:]*\s*$")
DIGITS = 6  # of a fraction


def second_part(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return the seconds of a time with a fraction, or without, as `source` has them."""
    unit = node.name.lower().removesuffix("s") if isinstance(node, exp.Extract) else ""
    if unit not in _PARTS:
        return node
    if node.meta.get(WHOLE):
        theirs = target.fractions.get(unit)
        return fill(theirs, target, value=node.expression) if theirs else node
    ours, theirs = source.fractions.get(unit), target.fractions.get(unit)
    if theirs and not ours:
        return fill(theirs, target, value=node.expression)
    return exp.Floor(this=node.copy()) if ours and not theirs else node


def kept_fraction(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a cast to a time that keeps the fraction of a second. Raises Refused."""
    if not isinstance(node, exp.Cast) or source is target:
        return node
    if target.affinities:
        return _as_text(node, target)
    if node.to.this is exp.DType.TIMETZ and target.whole_seconds:
        raise lacks(target, "time with a zone")
    if node.to.this in _ZONED and target.whole_seconds and _OFFSET.search(node.this.name):
        raise lacks(target, "time with a zone")
    has_fraction = "." in node.this.name if node.this.is_string else not source.whole_seconds
    is_time = node.to.this in (*_TIMES, exp.DType.TIME) and not node.this.is_type("date")
    if target.whole_seconds and is_time and has_fraction and not node.to.expressions:
        size = exp.DataTypeParam(this=exp.Literal.number(DIGITS))
        node.set("to", exp.DataType(this=node.to.this, expressions=[size], nested=False))
    return node


def _as_text(node: exp.Cast, target: Dialect) -> exp.Expr:
    """Return the text that a time is in SQLite, whose functions cut the fraction off."""
    kind, value = node.to.this, node.this
    if kind in _ZONED:
        raise lacks(target, "time with a zone")
    if kind not in (*_TIMES, exp.DType.TIME):
        return node
    sizes = [int(size.name) for size in node.to.expressions]
    if sizes and sizes[0] < DIGITS and not (value.is_string and "." not in value.name):
        raise lacks(target, "type of times that names their digits")
    if kind is exp.DType.TIME and value.is_type(*_TIMES):
        return exp.Substring(this=value, start=exp.Literal.number(_HOURS))
    is_same = value.is_type(kind) or (kind in _TIMES and value.is_type(*_TIMES))
    return value if is_same or (value.is_string and "." in value.name) else node
