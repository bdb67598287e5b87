"""What operators share: operands with the parentheses they need, chains, opposites."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.dialects.operators import BITS, CONTAINS
from queryexpr.expression import Op

# How strongly an operator binds. An operand that binds no more strongly gets parentheses.
_OR, _AND, _NOT, _COMPARE, _JOINED, _SUM, _PRODUCT, _TIGHT = range(8)
_LEVELS = {
    "or": _OR, "and": _AND, "not": _NOT, "||": _JOINED, "+": _SUM, "-": _SUM,
    **dict.fromkeys(("*", "/", "%", "native /", "native div"), _PRODUCT),
    **dict.fromkeys(("neg", "collate", "at time zone", "exists", "array", "row"), _TIGHT),
}  # fmt: skip
# || binds more tightly than % in SQLite, and less in Postgres, where ~ is as tight as ||.
_APART = {"||", "native regexp", "native iregexp"} | BITS | CONTAINS
_LEFT_FIRST = {"+", "-", "*", "%", "native /"}  # a - b - c is (a - b) - c


def operand(builder: Builder, node: Op, place: int) -> exp.Expr:
    """Return an operand of `node`, in parentheses if it needs them there."""
    value = node.args[place]
    written = builder.value(value)
    level = _LEVELS.get(node.op, _COMPARE)
    if isinstance(value, Op):
        inner = _LEVELS.get(value.op, _COMPARE)
        loose = inner < level or (inner == level and (place > 0 or node.op not in _LEFT_FIRST))
        return exp.Paren(this=written) if loose or inner <= _NOT or node.op in _APART else written
    is_after = place or node.op in BITS  # ~-1 is one word in Postgres
    return exp.Paren(this=written) if isinstance(written, exp.Neg) and is_after else written


def binary(kind: type[exp.Expr], **more: Any) -> Writing:
    """Return what writes a binary operator as `kind`."""

    def write(builder: Builder, node: Op) -> exp.Expr:
        return kind(this=operand(builder, node, 0), expression=operand(builder, node, 1), **more)

    return write


def chain(kind: type[exp.Expr]) -> Writing:
    """Return what writes an operator with many operands, as `kind` of two each."""

    def write(builder: Builder, node: Op) -> exp.Expr:
        whole, *rest = [operand(builder, node, place) for place in range(len(node.args))]
        for other in rest:
            whole = kind(this=whole, expression=other)
        return whole

    return write


def negated(write: Writing) -> Writing:
    """Return what writes the opposite."""

    def opposite(builder: Builder, node: Op) -> exp.Expr:
        written = write(builder, node)
        return exp.Not(this=exp.Paren(this=written) if isinstance(written, exp.Not) else written)

    return opposite
