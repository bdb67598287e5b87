"""
IS TRUE and IS FALSE, for the dialects that have neither.

Both are never null, so they cannot be left out as sqlglot does: where `a` is null, `NOT a > 1` is
null as well, but `(a > 1) IS NOT TRUE` is true.
"""

from __future__ import annotations

from sqlglot import exp

_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not)


def truth(node: exp.Expr, dialect: str) -> exp.Expr:
    """Return `x IS TRUE` or `x IS FALSE` as the dialect says it; any other node as it is."""
    if not isinstance(node, exp.Is) or not isinstance(node.expression, exp.Boolean):
        return node
    if node.args.get("negate"):
        plain = exp.Is(this=node.this, expression=node.expression)
        return exp.Not(this=truth(plain, dialect))
    value, wanted = node.this.unnest(), bool(node.expression.this)
    is_condition = isinstance(value, _CONDITIONS)
    value = value.transform(truth, dialect)
    if dialect == "snowflake":
        return _as_boolean(value, wanted)
    if is_condition and dialect in ("tsql", "oracle"):
        return _as_case(value, wanted)
    return _as_number(value, wanted) if dialect == "tsql" else node


def _as_boolean(value: exp.Expr, wanted: bool) -> exp.Expr:
    known = exp.Coalesce(this=value, expressions=[exp.convert(not wanted)])
    return known if wanted else exp.Not(this=known)


def _as_case(value: exp.Expr, wanted: bool) -> exp.Expr:
    """Compare a CASE, where conditions are no values."""
    loose = isinstance(value, exp.Connector | exp.Not)
    when = value if wanted else exp.Not(this=exp.Paren(this=value) if loose else value)
    branch = exp.If(this=when, true=exp.Literal.number(1))
    case = exp.Case(ifs=[branch], default=exp.Literal.number(0))
    return exp.EQ(this=case, expression=exp.Literal.number(1))


def _as_number(value: exp.Expr, wanted: bool) -> exp.Expr:
    """Compare with 0: a bit is a number, and other dialects take any number but 0 for true."""
    known = exp.Coalesce(this=value, expressions=[exp.Literal.number(int(not wanted))])
    return (exp.NEQ if wanted else exp.EQ)(this=known, expression=exp.Literal.number(0))
