"""Comparisons with each value of a query, and operators on bits: what some dialects lack."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.operands import operand
from queryexpr.expression import Op

_COMPARISONS: dict[str, type[exp.Expr]] = {
    "=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_WORDS: dict[str, type[exp.Expr]] = {"all": exp.All, "any": exp.Any}


def write_quantified(builder: Builder, node: Op) -> exp.Expr:
    """Write `x >= ALL (SELECT …)`."""
    if not builder.dialect.quantified:
        raise builder.lacks(f"{node.op.upper()} with a query")
    compared, word = node.op.split()
    right = _WORDS[word](this=builder.value(node.args[1]).this)
    return _COMPARISONS[compared](this=operand(builder, node, 0), expression=right)


def write_containing(builder: Builder, node: Op) -> exp.Expr:
    """Write `a @> b`, or that a JSON has a key."""
    if node.op not in builder.dialect.contains:
        raise builder.lacks(node.op)
    return _CONTAINS[node.op](this=operand(builder, node, 0), expression=operand(builder, node, 1))


_CONTAINS: dict[str, type[exp.Expr]] = {
    "@>": exp.ArrayContainsAll, "<@": exp.ArrayContainedBy, "?": exp.JSONBContainsTopKey,
    "?|": exp.JSONBContainsAnyTopKeys, "?&": exp.JSONBContainsAllTopKeys,
}  # fmt: skip


def write_bits(write: Writing) -> Writing:
    """Return what writes an operator on bits, for the dialects that have it."""

    def bits(builder: Builder, node: Op) -> exp.Expr:
        if node.op not in builder.dialect.bits:
            raise builder.lacks(f"{node.op} of bits")
        return write(builder, node)

    return bits
