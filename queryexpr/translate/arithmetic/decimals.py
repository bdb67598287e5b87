"""Numbers that are exact, in the type that a dialect has for any digits."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect

ANY_DIGITS = "any_digits"  # marks a cast whose sizes are none of the query's


def as_decimal(value: exp.Expr, target: Dialect) -> exp.Expr:
    """Return a number as a decimal with any digits."""
    sizes = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in target.wide_decimal]
    to = exp.DataType(this=exp.DType.DECIMAL, expressions=sizes, nested=False)
    cast = exp.cast(value, to)
    cast.meta[ANY_DIGITS] = True
    return cast
