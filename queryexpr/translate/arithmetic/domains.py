"""Functions outside of their domain: LN(0) and SQRT(-1) are null in some dialects, and errors."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.copies import copied
from queryexpr.dialects.dialect import Dialect

_ZERO = exp.Literal.number(0)


def in_domain(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return null where a function has no value, if `source` does that, and the target does not."""
    if not source.null_by_zero or target.null_by_zero:
        return node
    tests = [test for test in _tests(node) if test is not None]
    if not tests:
        return node
    return exp.Case(ifs=[exp.If(this=exp.and_(*tests, wrap=False), true=node.copy())])


def _tests(node: exp.Expr) -> list[exp.Expr | None]:
    """Return the conditions for a value; None for one that is always true."""
    if isinstance(node, exp.Ln):
        return [_positive(node.this)]
    if isinstance(node, exp.Log):
        if not node.expression:
            return [_positive(node.this)]
        return [_positive(node.expression), _positive(node.this), _not_one(node.this)]
    if isinstance(node, exp.Sqrt):
        return [_compared(exp.GTE, node.this, _ZERO)]
    if isinstance(node, exp.Acos | exp.Asin):
        low, high = exp.Literal.number(-1), exp.Literal.number(1)
        return [exp.Between(this=_operand(node.this), low=low, high=high)]
    return []


def _positive(value: exp.Expr) -> exp.Expr | None:
    return _compared(exp.GT, value, _ZERO)


def _not_one(base: exp.Expr) -> exp.Expr | None:
    return _compared(exp.NEQ, base, exp.Literal.number(1))


def _compared(kind: type[exp.Binary], value: exp.Expr, number: exp.Expr) -> exp.Expr | None:
    if isinstance(value, exp.Literal) and value.is_number and float(value.name) not in (0, 1):
        return None
    return kind(this=_operand(value), expression=number.copy())


def _operand(value: exp.Expr) -> exp.Expr:
    return exp.paren(copied(value)) if isinstance(value, exp.Binary) else copied(value)
