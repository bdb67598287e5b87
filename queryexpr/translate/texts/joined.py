"""Texts that are joined with other values, which some dialects take for a sum or an error."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.changes import bare

_TEXTS = exp.DataType.TEXT_TYPES
_NO_TEXTS = (*exp.DataType.NUMERIC_TYPES, *exp.DataType.TEMPORAL_TYPES, exp.DType.BOOLEAN)


def joined_texts(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return `text + text` as the texts that are joined. Raises Refused for a text and a number."""
    if not source.plus_joins or not isinstance(node, exp.Add):
        return node
    sides = [bare(side) for side in (node.left, node.right)]
    if not any(side.is_type(*_TEXTS) for side in sides):
        return node
    if any(side.is_type(*_NO_TEXTS) for side in sides):
        raise lacks(target, "+ of a text and another value, which is a sum if the text is a number")
    if target.plus_joins:
        return node
    if not target.pipes_join:
        return exp.Anonymous(this="CONCAT", expressions=[node.left, node.right])
    return exp.DPipe(this=node.left, expression=node.right)


def chained(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return CONCAT(a, b, c) as `a || b || c`, which takes null for an empty text as it does."""
    if isinstance(node, exp.ConcatWs) and not target.concat:
        return _with_separator(node)
    if not isinstance(node, exp.Concat) or (target.concat and not target.empty_is_null):
        return node
    fills = node.args.get("coalesce") and not target.empty_is_null
    return exp.Paren(this=_chain([_or_empty(v) if fills else v for v in node.expressions]))


def _chain(values: list[exp.Expr]) -> exp.Expr:
    whole, *rest = [
        exp.Paren(this=value) if isinstance(value, exp.Binary) else value for value in values
    ]
    for value in rest:
        whole = exp.DPipe(this=whole, expression=value)
    return whole if rest else exp.DPipe(this=whole, expression=exp.Literal.string(""))


def _or_empty(value: exp.Expr) -> exp.Expr:
    empty = exp.Literal.string("")
    return value if value.is_string else exp.Coalesce(this=value, expressions=[empty])


def _with_separator(node: exp.ConcatWs) -> exp.Expr:
    """Return CONCAT_WS as a chain in which each value brings its separator, less the first one."""
    separator, *values = node.expressions
    if not separator.is_string:
        return node
    if not separator.name:
        return exp.Paren(this=_chain(list(map(_or_empty, values))))
    parts = [_or_empty(exp.DPipe(this=separator.copy(), expression=value)) for value in values]
    start = exp.Literal.number(len(separator.name) + 1)
    return exp.Substring(this=_chain(parts), start=start)


def as_text(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return texts that are joined with casts of what is none, where only texts are joined."""
    joins = isinstance(node, exp.DPipe | exp.Concat)
    if not joins or source.plus_joins or not target.joins_texts_only:
        return node
    for side in node.expressions or (node.this, node.expression):
        if bare(side).is_type(*_NO_TEXTS):
            side.replace(exp.cast(side.copy(), "text"))
    return node


def sized(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a cast to a text of any length as one in the target too."""
    if not isinstance(node, exp.Cast) or not node.to.is_type("text", "varchar"):
        return node
    if node.to.expressions:
        return node
    if source.text_size and node.to.is_type("varchar"):
        node.set("to", exp.DataType.build(f"varchar({source.text_size})"))
    elif target.wide_text:
        node.set("to", exp.DataType.build(target.wide_text, dialect=target.name))
    return node
