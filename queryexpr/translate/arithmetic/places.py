"""Numbers of places and letters that have a fraction: `ROUND(x, 1.8)`, `LEFT(s, 1.8)`."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect

_COUNTS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Round: ("decimals",), exp.Trunc: ("decimals",), exp.Left: ("expression",),
    exp.Right: ("expression",), exp.Substring: ("start", "length"),
}  # fmt: skip


def whole_places(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Write the number that `source` takes `1.8` for, where only a whole number makes sense.

    MySQL rounds it, and SQLite cuts it off. Raises Refused for others, where it is an error.
    """
    for name in _COUNTS.get(type(node), ()) if source is not target else ():
        value = node.args.get(name)
        number = _fraction(value.unnest()) if value is not None else None
        if value is None or number is None:
            continue
        if source.text_numbers != "prefix":
            raise lacks(target, f"{type(node).__name__.upper()} with a number that has a fraction")
        way = ROUND_HALF_UP if source.casts_round else ROUND_DOWN
        value.replace(exp.convert(int(number.quantize(Decimal(1), way))))
    return node


def _fraction(value: exp.Expr) -> Decimal | None:
    """Return a literal number that has a fraction; None for any other value."""
    literal = value.this if isinstance(value, exp.Neg) else value
    if not isinstance(literal, exp.Literal) or literal.is_string or literal.is_int:
        return None
    return Decimal(literal.name) * (-1 if literal is not value else 1)
