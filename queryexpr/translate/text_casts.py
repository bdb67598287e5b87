"""Casts to texts: of booleans, and to a number of letters, which cuts texts in some dialects."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect

_FIXED = (exp.DType.CHAR, exp.DType.NCHAR)
_SIZED = (*_FIXED, exp.DType.VARCHAR, exp.DType.NVARCHAR)


def boolean_text(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a boolean as the text that it is in `source`: 'true' or '1'."""
    if type(node) is not exp.Cast or source.booleans_are_words == target.booleans_are_words:
        return node
    value = node.this.unnest()
    if not node.to.is_type(*exp.DataType.TEXT_TYPES) or not value.is_type("boolean"):
        return node
    words = ("'true'", "'false'") if source.booleans_are_words else ("'1'", "'0'")
    template = f"CASE WHEN {{value}} THEN {words[0]} WHEN NOT ({{value}}) THEN {words[1]} END"
    return fill(template, target, value=value)


def cut_text(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Cut a text that is cast to VARCHAR(2) where that does it, and nowhere else."""
    if not isinstance(node, exp.Cast) or node.to.this not in _SIZED:
        return node
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


def _size(to: exp.DataType, source: Dialect) -> exp.Expr | None:
    """Return how many letters a cast of `source` leaves; None for all of them."""
    if not source.casts_cut_texts:
        return None
    if to.expressions:
        name = str(to.expressions[0].name)
        return exp.Literal.number(name) if name.isdigit() else None
    return exp.Literal.number(1) if to.this in _FIXED and source.char_is_one else None
