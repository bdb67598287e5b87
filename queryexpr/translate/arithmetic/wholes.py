"""Divisions without a remainder, which are of whole numbers only in some dialects."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.arithmetic.quotients import EITHER, WHOLE, kind_of
from queryexpr.translate.changes import apart

_ROUNDED = "ROUND({value}, 10)"  # more digits than a quotient of decimals has that matter


def whole_quotient(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return `a DIV b` or `a // b`: DuckDB's is a plain division of fractions. Raises Refused."""
    if type(node) is not exp.IntDiv:
        return node
    for side in (node.left, node.right):
        apart(side)  # the operands of Postgres's DIV have no parentheses
    kinds = {kind_of(side, source) for side in (node.left, node.right)}
    if kinds == {WHOLE}:
        return node
    if source.divides_fractions_whole:
        quotient: exp.Expr = _plain(node)
        if not target.exact_averages:  # of doubles, 1.2 / 0.4 is less than 3
            quotient = fill(_ROUNDED, target, value=quotient)
        return exp.cast(fill(target.truncate, target, value=quotient), "bigint")
    if kinds & {"", EITHER}:
        raise lacks(target, f"// of values of unknown types, as {source.title} has it")
    if target.affinities:  # a decimal may be stored as a whole number
        node.set("this", exp.cast(node.left.copy(), "double"))
    return exp.Paren(this=_plain(node))


def _plain(node: exp.IntDiv) -> exp.Expr:
    quotient = exp.Div(this=node.left, expression=node.right, typed=False, safe=False)
    quotient.type = exp.DataType.build("double")
    return quotient
