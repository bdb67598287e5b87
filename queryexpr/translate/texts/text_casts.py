"""Casts to texts of a number of letters, which cut texts in some dialects."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect

_FIXED = (exp.DType.CHAR, exp.DType.NCHAR)
_JOINS = (exp.DPipe, exp.Length)
_TIMES = (*exp.DataType.TEMPORAL_TYPES,)
_DATE = 10  # letters of a date
_SIZED = (*_FIXED, exp.DType.VARCHAR, exp.DType.NVARCHAR)


def cut_text(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Cut a text that is cast to VARCHAR(2) where that does it, and nowhere else."""
    if not isinstance(node, exp.Cast) or node.to.this not in _SIZED:
        return node
    if source.pads_char and source is not target and node.to.this in _FIXED and not _fills(node):
        return _without_pads(node, source, target)
    return _cut(node, source, target)


def _cut(node: exp.Cast, source: Dialect, target: Dialect) -> exp.Expr:
    size = _size(node.to, source)
    named = bool(node.to.expressions)
    if size and not target.casts_cut_texts:
        text = exp.cast(node.this, "text")
        return exp.Substring(this=text, start=exp.Literal.number(1), length=size)
    if node.to.this in _FIXED or named:
        params = [exp.DataTypeParam(this=size)] if size else None
        kind = exp.DType.VARCHAR if size else exp.DType.TEXT
        node.set("to", exp.DataType(this=kind, expressions=params, nested=False))
    return node


def _fills(node: exp.Cast) -> bool:
    """Has the text at least as many letters as the cast leaves, so that no space is added?"""
    if not node.to.expressions:
        return True
    number, value = str(node.to.expressions[0].name), node.this.unnest()
    if not number.isdigit():
        return False
    least = len(value.name) if value.is_string else _DATE if value.is_type(*_TIMES) else 0
    return int(number) <= least


def _without_pads(node: exp.Cast, source: Dialect, target: Dialect) -> exp.Expr:
    """Remove the spaces at the end where the text is joined or counted. Raises Refused."""
    if source.pads_char != "shown" or not isinstance(node.parent, _JOINS):
        raise lacks(target, f"{node.to.sql().upper()} filled with spaces: write VARCHAR")
    return exp.Trim(this=_cut(node.copy(), source, target), position="TRAILING")


def _size(to: exp.DataType, source: Dialect) -> exp.Expr | None:
    """Return how many letters a cast of `source` leaves; None for all of them."""
    if not source.casts_cut_texts:
        return None
    if to.expressions:
        name = str(to.expressions[0].name)
        return exp.Literal.number(name) if name.isdigit() else None
    return exp.Literal.number(1) if to.this in _FIXED and source.char_is_one else None
