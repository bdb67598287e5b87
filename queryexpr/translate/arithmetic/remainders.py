"""Division and what remains of it: of fractions, and by zero."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.translate.annotated import is_double
from queryexpr.translate.arithmetic.quotients import whole_sides
from queryexpr.translate.changes import bare

_FRACTIONS = exp.DataType.REAL_TYPES
MIN_DIVISOR = 1e-300
_DIVISIONS = (exp.Div, exp.IntDiv, exp.Mod)


def divided(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Divide by null instead of zero, where that was null and is not."""
    if not isinstance(node, _DIVISIONS):
        return node
    if source.null_by_zero and not target.null_by_zero:
        divisor = node.expression
        cuts = source.cuts_remainders and isinstance(node, exp.Mod)
        if not _is_not_zero(divisor, cuts=cuts):
            zero = exp.Literal.number(0)
            node.set("expression", exp.Nullif(this=bare(divisor), expression=zero))
            node.expression.type = divisor.type
            node.expression.meta["by_zero"] = True
        node.set("safe", False)
    return node


def _is_not_zero(divisor: exp.Expr, *, cuts: bool) -> bool:
    value = bare(divisor)
    value = value.this if isinstance(value, exp.Neg) else value
    is_number = isinstance(value, exp.Literal) and value.is_number
    return is_number and abs(float(value.name)) >= (1 if cuts else MIN_DIVISOR)


def remainder(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return `a % b` of fractions: whole numbers only are divided in SQLite."""
    if not isinstance(node, exp.Mod):
        return node
    whole_sides(node, source, target)
    sides = (node.this, node.expression)
    if not any(bare(side).is_type(*_FRACTIONS) for side in sides):
        return node
    if source.cuts_remainders and not target.cuts_remainders:
        return exp.Mod(this=_cut(sides[0], target), expression=_cut(sides[1], target))
    if target.cuts_remainders and not source.cuts_remainders:
        return exp.Anonymous(this="MOD", expressions=[bare(side) for side in sides])
    if target.rounds_decimals:
        return exp.Mod(this=_exact(sides[0]), expression=_exact(sides[1]))
    return node


def _cut(side: exp.Expr, target: Dialect) -> exp.Expr:
    """Return a whole number of a fraction; the NULLIF that `divided` put around it stays."""
    if side.meta.get("by_zero"):
        side.set("this", _cut(side.this, target))
        return side
    value = bare(side)
    if not value.is_type(*_FRACTIONS):
        return side
    return exp.cast(fill(target.truncate, target, value=value), "bigint")


def _exact(side: exp.Expr) -> exp.Expr:
    """Return a decimal; a quotient of whole numbers is written as a double."""
    value = bare(side)
    inner = bare(value.this) if isinstance(value, exp.Nullif) else value
    is_exact = not (is_double(value) or isinstance(inner, exp.Div))
    return side if is_exact else exp.cast(value, "decimal")
