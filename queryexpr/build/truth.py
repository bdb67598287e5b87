"""
IS TRUE and IS FALSE, for the dialects that have neither.

Both are never null, so they cannot be left out as sqlglot does: where `a` is null, `NOT a > 1` is
null as well, but `(a > 1) IS NOT TRUE` is true.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect

_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not)


def truth(node: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Return `x IS TRUE` or `x IS FALSE` as the dialect says it; any other node as it is."""
    if not isinstance(node, exp.Is) or not isinstance(node.expression, exp.Boolean):
        return node
    if node.args.get("negate"):
        plain = exp.Is(this=node.this, expression=node.expression)
        return exp.Not(this=truth(plain, dialect))
    value, is_true = node.this.unnest(), bool(node.expression.this)
    is_condition = isinstance(value, _CONDITIONS)
    value = value.transform(truth, dialect)
    if is_condition and not dialect.conditions_are_values:
        return _as_case(value, is_true)
    template = dialect.is_true if is_true else dialect.is_false
    return fill(template, dialect, value=value) if template else node


def _as_case(value: exp.Expr, is_true: bool) -> exp.Expr:
    """Compare a CASE, where conditions are no values."""
    loose = isinstance(value, exp.Connector | exp.Not)
    when = value if is_true else exp.Not(this=exp.Paren(this=value) if loose else value)
    branch = exp.If(this=when, true=exp.Literal.number(1))
    case = exp.Case(ifs=[branch], default=exp.Literal.number(0))
    return exp.EQ(this=case, expression=exp.Literal.number(1))
