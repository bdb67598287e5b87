"""
Quotients, of which some dialects cut the fraction off if both sides are whole numbers.

What is a whole number differs: FLOOR(7) is one in SQLite, and a double in Postgres. In SQLite that
depends on the value, where `COALESCE(price, 1)` may be either.
"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import cuts_fractions
from queryexpr.translate.arithmetic.decimals import as_decimal
from queryexpr.translate.changes import apart, bare

_FLOORS = (exp.Ceil, exp.Floor, exp.Sign)
_SUMS = (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Div)
CHOICES = (exp.Coalesce, exp.Case, exp.If, exp.Greatest, exp.Least, exp.Max, exp.Min)
_DOUBLES = (exp.DType.DOUBLE, exp.DType.FLOAT)
WHOLE, FRACTION, EITHER = "whole", "fraction", "either"


def quotient(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Cut the fraction of a quotient off, or keep it, as `source` does. Raises Refused."""
    if type(node) is not exp.Div or not (cuts_fractions(source) or cuts_fractions(target)):
        return node
    if type(node.left) is exp.Div:
        apart(node.left)  # sqlglot casts only the last quotient of a chain
    kinds = [kind_of(side, source) for side in (node.left, node.right)]
    if source.affinities and EITHER in kinds and FRACTION not in kinds:
        raise lacks(target, f"quotient of values of several types, as {source.title} has it")
    if kinds == [WHOLE, WHOLE] and cuts_fractions(source):
        _cut(node, target)
    elif FRACTION in kinds or EITHER in kinds:
        _keep(node, source, target)
    return node


def _cut(node: exp.Div, target: Dialect) -> None:
    """Make both sides whole numbers where they are others in the target."""
    for side in (node.left, node.right):
        side.type = exp.DataType.build("bigint")
        decimal = isinstance(bare(side), exp.Cast) and not side.is_type(*exp.DataType.INTEGER_TYPES)
        if decimal or (cuts_fractions(target) and kind_of(side, target) != WHOLE):
            side.replace(exp.cast(side.copy(), "bigint"))


def whole_sides(node: exp.Mod, source: Dialect, target: Dialect) -> None:
    """Make those sides whole numbers that are whole in the source, and fractions in the target."""
    for side in (node.left, node.right):
        if kind_of(side, source) == WHOLE and kind_of(side, target) == FRACTION:
            side.replace(exp.cast(side.copy(), "bigint"))


def _keep(node: exp.Div, source: Dialect, target: Dialect) -> None:
    """Make one side a double, where both may be whole numbers in the target."""
    sides = (node.left, node.right)
    if all(side.is_type(*exp.DataType.INTEGER_TYPES) for side in sides):
        node.set("typed", False)  # sqlglot adds the cast
    elif target.affinities and not any(map(_is_double, sides)):
        node.set("this", exp.cast(node.left, "double"))
    elif cuts_fractions(target) and not cuts_fractions(source) and all(map(_may_be_whole, sides)):
        node.set("this", as_decimal(node.left, target))


def _may_be_whole(value: exp.Expr) -> bool:
    """Is it a decimal without a scale, as NUMBER(10) is, whose column may be one of integers?"""
    value = bare(value)
    if isinstance(value, exp.Literal):
        return bool(value.is_int)
    if isinstance(value, exp.Sum | exp.Min | exp.Max | exp.Abs | exp.Neg | exp.Coalesce):
        return _may_be_whole(value.this)
    if isinstance(value, exp.Add | exp.Sub | exp.Mul):
        return all(map(_may_be_whole, (value.left, value.right)))
    if value.is_type(*exp.DataType.INTEGER_TYPES):
        return True
    sizes = value.type.expressions if isinstance(value.type, exp.DataType) else []
    is_decimal = value.is_type(exp.DType.DECIMAL) and isinstance(value, exp.Column | exp.Cast)
    return is_decimal and (len(sizes) < 2 or sizes[1].name == "0")


def _is_double(value: exp.Expr) -> bool:
    """Is it a double also where values have types, and not columns?"""
    value = bare(value)
    if isinstance(value, exp.Cast):
        return bool(value.to.is_type(*_DOUBLES))
    if isinstance(value, exp.Column):
        return bool(value.is_type(*_DOUBLES))
    if type(value) is exp.Div and not value.args.get("typed"):
        return True  # sqlglot adds the cast
    if isinstance(value, exp.Binary):
        return any(map(_is_double, (value.left, value.right)))
    return isinstance(value, exp.Avg) or (isinstance(value, exp.Literal) and not value.is_int)


def kind_of(value: exp.Expr, dialect: Dialect) -> str:
    """Return whether a value is a whole number in the dialect; empty if that is not known."""
    value = bare(value)
    if isinstance(value, exp.Neg | exp.Nullif | exp.Abs):
        return kind_of(value.this, dialect)
    if isinstance(value, exp.Extract) and not dialect.floors_are_whole:
        return FRACTION
    if type(value) is exp.Div and not cuts_fractions(dialect):
        return FRACTION
    if isinstance(value, exp.Cast) and value.to.this is exp.DType.DECIMAL and dialect.affinities:
        return kind_of(value.this, dialect) or EITHER  # a whole number stays one
    if isinstance(value, _FLOORS):
        return kind_of(value.this, dialect) if dialect.floors_are_whole else FRACTION
    if isinstance(value, _SUMS):
        return _together([kind_of(side, dialect) for side in (value.left, value.right)], FRACTION)
    if isinstance(value, CHOICES) and (ones := choices(value)):
        return _together([kind_of(one, dialect) for one in ones], EITHER)
    return _of_type(value)


def _together(kinds: list[str], mixed: str) -> str:
    """Return the kind of a value that is made of others; `mixed` if some are whole."""
    known = set(kinds)
    if known <= {WHOLE, ""} or len(known) == 1:
        return kinds[0] if len(known) == 1 else ""
    return mixed if FRACTION in known else EITHER


def choices(value: exp.Expr) -> list[exp.Expr]:
    """Return the values that a value is one of, without nulls."""
    if isinstance(value, exp.Case):
        values = [branch.args["true"] for branch in value.args["ifs"]] + [value.args.get("default")]
    elif isinstance(value, exp.If):
        values = [value.args["true"], value.args.get("false")]
    else:
        values = [value.this, *value.expressions]
    return [one for one in values if one and not isinstance(one, exp.Null)]


def _of_type(value: exp.Expr) -> str:
    if value.is_type(*exp.DataType.INTEGER_TYPES):
        return WHOLE
    return FRACTION if value.is_type(*exp.DataType.REAL_TYPES) else ""
