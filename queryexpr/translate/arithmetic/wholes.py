"""Divisions without a remainder, which are of whole numbers only in some dialects."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.arithmetic.quotients import EITHER, WHOLE, kind_of
from queryexpr.translate.changes import apart


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
        return exp.cast(fill(target.truncate, target, value=_plain(node)), "bigint")
    if kinds & {"", EITHER}:
        raise lacks(target, f"// of values of unknown types, as {source.title} has it")
    return exp.Paren(this=_plain(node))


def _plain(node: exp.IntDiv) -> exp.Expr:
    quotient = exp.Div(this=node.left, expression=node.right, typed=False, safe=False)
    quotient.type = exp.DataType.build("double")
    return quotient
