"""
Numbers that are rounded: ROUND, casts to whole numbers, and literals that are exact or not.

A half is rounded away from zero, or to the even number; a cast may cut it off.
"""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from queryexpr.build.copies import copied
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.issues import Issue, Refused
from queryexpr.translate.annotated import is_double
from queryexpr.translate.arithmetic.decimals import as_decimal

_WHOLE = exp.DataType.INTEGER_TYPES
_FRACTIONS = exp.DataType.REAL_TYPES
MAX_EXPONENT = 30  # digits of an exact number that is written without one


def rounded(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return ROUND(x, n) as what gives the same number."""
    if not isinstance(node, exp.Round):
        return node
    places = _places(node, source, target)
    if places is not None and places < 0 and not target.rounds_to_tens:
        node.args.pop("decimals")
        return _scaled(node, -places)
    if _is_computed(node):
        return _to_computed(node, target)
    if not is_double(node.this):
        return _of_quotient(node, target)
    if source.rounds_half_up:
        return _as_decimal(node, target)
    return node if not target.rounds_half_up and places is None else _to_even(node, target, places)


def _places(node: exp.Round, source: Dialect, target: Dialect) -> int | None:
    """Return how many places are kept; None if ROUND does not say it. Raises Refused."""
    decimals = node.args.get("decimals")
    if decimals is None:
        return None
    value = decimals.unnest()
    if (value.is_int or isinstance(value, exp.Neg)) and value.is_number:
        places = int(value.to_py())
        if places < 0 and not source.rounds_to_tens:  # SQLite takes it for 0
            node.set("decimals", exp.Literal.number(0))
            return 0
        return places
    if (
        source.rounds_to_tens != target.rounds_to_tens
        or source.rounds_half_up != target.rounds_half_up
    ):
        message = (
            f"ROUND to a computed number of places is another one in {target.title}: write it."
        )
        raise Refused(Issue("dialect", message))
    return 0


def _is_computed(node: exp.Round) -> bool:
    places = node.args.get("decimals")
    return places is not None and not (places.unnest().is_number)


def _to_computed(node: exp.Round, target: Dialect) -> exp.Expr:
    """Round to a computed number of places, which has to be an integer where only decimals have."""
    if not target.rounds_decimals:
        return node
    if is_double(node.this):
        node.set("this", as_decimal(node.this, target))
    else:
        _of_quotient(node, target)
    places = node.args["decimals"]
    if not places.is_type("int"):
        node.set("decimals", exp.cast(places, "int"))
    return node


def _of_quotient(node: exp.Round, target: Dialect) -> exp.Round:
    """Round a quotient of whole numbers, a decimal in MySQL, as one where it would be a double."""
    if target.rounds_decimals and _has_quotient(node.this):
        node.set("this", as_decimal(node.this, target))
    return node


def _has_quotient(value: exp.Expr) -> bool:
    """Has it a quotient of whole numbers, which is a double in some dialects?"""
    return any(map(_is_of_whole, value.find_all(exp.Div)))


def _is_of_whole(node: exp.Div) -> bool:
    whole = node.args.get("typed")  # its own dialect cuts it off
    return not (whole or node.left.is_type("decimal") or node.right.is_type("decimal"))


def _as_decimal(node: exp.Round, target: Dialect) -> exp.Round:
    """Round a double as a decimal, where only that has places, or goes away from zero."""
    places = node.args.get("decimals")
    if (places and target.rounds_decimals) or not target.rounds_half_up:
        node.set("this", as_decimal(node.this, target))
    return node


def _to_even(node: exp.Round, target: Dialect, places: int | None) -> exp.Expr:
    """Round a double to the even neighbour."""
    if not places:
        return fill(target.round_even, target, value=node.this)
    scale = exp.Literal.number(f"1e{places}")
    value = exp.Mul(this=exp.Paren(this=node.this), expression=scale)
    even = fill(target.round_even, target, value=exp.Paren(this=value))
    return exp.Paren(this=exp.Div(this=exp.Paren(this=even), expression=copied(scale)))


def _scaled(node: exp.Round, places: int) -> exp.Expr:
    """Round to tens or hundreds, where ROUND knows only places after the point."""
    scale = exp.Literal.number(10**places)
    value = exp.Div(
        this=exp.Paren(this=node.this), expression=exp.Literal.number(f"{10**places}.0")
    )
    node.set("this", value)
    return exp.cast(exp.Mul(this=node, expression=scale), "bigint")  # a text of it has no `.0`


def cut(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Cut digits off a double as off a decimal, where only that has places."""
    decimals = node.args.get("decimals") if isinstance(node, exp.Trunc) else None
    if decimals is None:
        return node
    if decimals.unnest() == exp.Literal.number(0):
        return fill(target.truncate, target, value=node.this)
    if target.rounds_decimals and is_double(node.this):
        node.set("this", exp.cast(node.this, "decimal"))
    return node


def whole_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Round, or cut off, before a cast to a whole number that does the other."""
    if not isinstance(node, exp.Cast) or node.to.this not in _WHOLE:
        return node
    if not node.this.is_type(*_FRACTIONS):
        return node
    double = is_double(node.this)
    quotient = _has_quotient(node.this)
    # A quotient of whole numbers is a double where ROUND needs decimals, or 1 / 0 is infinite.
    doubles = quotient and (target.rounds_decimals or target.infinite_by_zero)
    ours, theirs = _way(source, double=double), _way(target, double=double or doubles)
    if ours == theirs == "even" and quotient and not doubles:
        node.set("this", exp.cast(node.this, "double"))
    elif ours == "up" and theirs == "even":
        node.set("this", as_decimal(node.this, target))
    elif ours != theirs:
        templates = {"cut": target.truncate, "even": target.round_even, "up": "ROUND({value}, 0)"}
        node.set("this", fill(templates[ours], target, value=node.this))
    return node


def _way(dialect: Dialect, *, double: bool) -> str:
    if not dialect.casts_round:
        return "cut"
    return "even" if double and dialect.casts_round_even else "up"


def exact(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Keep `2.5e0` exact, or a double, where the dialects differ in what it is."""
    if source.exact_exponents == target.exact_exponents or not isinstance(node, exp.Literal):
        return node
    if node.is_string or "e" not in node.name.lower():
        return node
    if not source.exact_exponents:
        return exp.cast(node, "double")
    number = Decimal(node.name)
    digits = f"{number:f}" if "." in f"{number:f}" else f"{number:f}.0"  # a whole number is cut
    return exp.Literal.number(digits) if abs(number.adjusted()) < MAX_EXPONENT else node
