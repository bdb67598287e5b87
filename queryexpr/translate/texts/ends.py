"""LEFT, RIGHT and SUBSTRING of a number of letters that may be below 0, as `LOCATE(…) - 1` is."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect

_NEVER = (exp.Literal, exp.Null, exp.Length, exp.StrPosition, exp.Abs)


def same_end(node: exp.Left | exp.Right, source: Dialect, target: Dialect) -> exp.Expr:
    """Return LEFT or RIGHT, whose number below 0 leaves letters out, or all of them."""
    size, template = node.expression, target.left if isinstance(node, exp.Left) else target.right
    differs = source.ends_leave_out != target.ends_leave_out or template
    if differs and _may_be_negative(size):
        rest: exp.Expr = exp.Literal.number(0)
        if source.ends_leave_out:
            rest = exp.Length(this=node.this.copy()) + size.copy()
            rest = _where_negative(rest, exp.Literal.number(0)) if template else rest
        size = _where_negative(size, rest)
    if template:
        return fill(template, target, text=node.this, size=size)
    return type(node)(this=node.this, expression=size)


def from_first(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return SUBSTRING from 0 as one from 1, where both are the first letter in the source only."""
    if isinstance(node, exp.Substring) and source.zero_is_first and not target.zero_is_first:
        start = node.args.get("start")
        if start is not None and start.unnest() == exp.Literal.number(0):
            node.set("start", exp.Literal.number(1))
    return node


def same_length(node: exp.Substring, source: Dialect, target: Dialect) -> exp.Expr:
    """Return SUBSTRING, whose length below 0 may be an error, or mean letters before the start."""
    length, start = node.args.get("length"), node.args.get("start")
    ours, theirs = source.negative_lengths, target.negative_lengths
    if ours in ("error", theirs) or length is None or not _may_be_negative(length):
        return node
    at_first = start is not None and start.unnest() == exp.Literal.number(1)
    if ours == "before" and not at_first:
        raise lacks(target, f"SUBSTRING with a length below 0 as {source.title}")
    if theirs == "error" or not at_first:
        node.set("length", _where_negative(length, exp.Literal.number(0)))
    return node


def _where_negative(size: exp.Expr, rest: exp.Expr) -> exp.Expr:
    """Return a number, and another one in place of it where it is below 0; null stays null."""
    if isinstance(size.unnest(), exp.Neg) and isinstance(size.unnest().this, exp.Literal):
        return rest
    is_negative = exp.LT(this=exp.paren(size.copy()), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=is_negative, true=rest)], default=size.copy())


def _may_be_negative(size: exp.Expr) -> bool:
    value = size.unnest()
    if isinstance(value, exp.Add | exp.Mul):
        return any(map(_may_be_negative, (value.left, value.right)))
    return not isinstance(value, _NEVER)
