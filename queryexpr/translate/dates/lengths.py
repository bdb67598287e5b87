"""Lengths of time: DATE_ADD(x, INTERVAL …) and `x + 2 * INTERVAL '1 day'` as x + INTERVAL …"""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.lift.lengths import parts_of
from queryexpr.schema.catalogue import Catalogue, family

_ADDED = (exp.DateAdd, exp.DatetimeAdd, exp.TimestampAdd, exp.TsOrDsAdd)
_SUBTRACTED = (exp.DateSub, exp.DatetimeSub, exp.TimestampSub)
_OTHERS = (exp.WindowSpec, exp.Anonymous, exp.GenerateSeries, exp.GenerateDateArray,
           exp.GenerateTimestampArray)  # fmt: skip
_CALLS: dict[str, type[exp.Binary]] = {"ADDDATE": exp.Add, "SUBDATE": exp.Sub}
_SMALLER = {"QUARTER": (3, "MONTH"), "WEEK": (7, "DAY")}
_PARTS = {"year": (12, "month"), "week": (7, "day")}
_WHOLE = (exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren, exp.Column, exp.Identifier, exp.Literal)
_FRACTIONS = ("dec", "num", "real", "double", "float", "money")


def as_sum(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a call that adds to a date as a sum, where the target has no such call."""
    if isinstance(node, exp.Anonymous) and node.name.upper() in _CALLS:
        date, length = node.expressions[:2]
        return _sum(_CALLS[node.name.upper()], date, length, exp.var("DAY"))
    if not isinstance(node, _ADDED + _SUBTRACTED):
        return node
    is_length = isinstance(node.expression, exp.Interval)
    if not is_length and not node.args.get("unit"):
        node.set("unit", exp.var("DAY"))  # sqlglot writes another one
    computed = not is_length and not _is_literal(node.expression)
    sums = is_length or not target.intervals or target.dates_have_hours  # Oracle has no calls
    if sums or (computed and not target.computed_intervals):
        kind = exp.Add if isinstance(node, _ADDED) else exp.Sub
        return _sum(kind, node.this, node.expression, node.args.get("unit") or exp.var("DAY"))
    return node


def _sum(kind: type[exp.Binary], date: exp.Expr, length: exp.Expr, unit: exp.Expr) -> exp.Expr:
    if not isinstance(length, exp.Interval):
        amount = length.unnest()
        if isinstance(amount, exp.Literal):
            amount = exp.Literal.string(amount.name)
        length = exp.Interval(this=amount, unit=exp.var(unit.name.upper()))
    return kind(this=exp.paren(date) if isinstance(date, exp.Binary) else date, expression=length)


_LENGTHS = ("year", "month", "week", "day", "hour", "minute", "second")


def made(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return MAKE_INTERVAL(0, 1) as the length of time that it makes. Raises Refused."""
    if not isinstance(node, exp.MakeInterval) or source is target:
        return node
    parts = [(unit, node.args[unit].unnest()) for unit in _LENGTHS if node.args.get(unit)]
    kept = [(unit, number) for unit, number in parts if number != exp.Literal.number(0)]
    if not kept[1:]:
        unit, number = kept[0] if kept else ("day", exp.Literal.number(0))
        number = exp.Literal.string(number.name) if number.is_int else number
        return exp.Interval(this=number, unit=exp.var(unit.upper()))
    if not all(number.is_int for _, number in kept):
        raise lacks(target, "MAKE_INTERVAL of several computed numbers")
    text = " ".join(f"{number.name} {unit}" for unit, number in kept)
    return exp.cast(exp.Literal.string(text), "interval")


def parted(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return `x + CAST('1 day 2 hours' AS INTERVAL)` as a sum of one INTERVAL for each unit.

    Months are added first, and at once: their days are cut off at the end of a month.
    """
    length = node.expression.unnest() if isinstance(node, exp.Add | exp.Sub) else None
    if target.interval_type or not isinstance(length, exp.Cast) or not length.this.is_string:
        return node
    numbers: dict[str, int] = {}
    for number, unit in parts_of(length.this.name) if length.to.is_type("interval") else ():
        factor, unit = _PARTS.get(unit, (1, unit))
        numbers[unit] = numbers.get(unit, 0) + factor * number
    whole = node.this
    for unit, number in numbers.items():
        amount = exp.Literal.string(str(number))
        added = exp.Interval(this=amount, unit=exp.var(unit.upper()))
        whole = type(node)(this=whole, expression=added)
    return whole if numbers else node


def multiplied(node: exp.Expr, target: Dialect, catalogue: Catalogue | None) -> exp.Expr:
    """Return `3 * INTERVAL '1 day'` as INTERVAL of the product, where lengths are no values."""
    if target.interval_type:
        return node
    if isinstance(node, exp.Mul):
        for length, number in ((node.left, node.right), (node.right, node.left)):
            length = length.unnest()
            if isinstance(length, exp.Interval):
                return _product(length, number, target, catalogue)
    if isinstance(node, exp.Add) and _is_length(node.left) and not _is_length(node.right):
        return exp.Add(this=node.right, expression=node.left.unnest())
    if isinstance(node, exp.Add | exp.Sub) and _is_length(node.right):
        node.set("expression", node.right.unnest())
    return node


def _product(
    length: exp.Interval, number: exp.Expr, target: Dialect, catalogue: Catalogue | None
) -> exp.Interval:
    amount = length.this
    whole = amount and amount.name.lstrip("-").isdigit() and length.args.get("unit")
    if not whole or not _is_whole(number, catalogue):
        raise lacks(target, "product of an INTERVAL, but for whole numbers")
    if amount.name != "1":
        number = exp.Mul(this=exp.paren(number), expression=exp.Literal.number(amount.name))
    number = number.unnest()
    if isinstance(number, exp.Literal):
        number = exp.Literal.string(number.name)
    return exp.Interval(this=number, unit=exp.var(length.text("unit").upper().removesuffix("S")))


def checked_length(node: exp.Expr, target: Dialect, catalogue: Catalogue | None) -> exp.Expr:
    """Add a computed number of units in the words of the target. Raises Refused."""
    if not isinstance(node, exp.Add | exp.Sub) or not isinstance(node.expression, exp.Interval):
        return node
    length, unit = node.expression, node.expression.text("unit").upper().removesuffix("S")
    if _is_literal(length.this):
        _in_units(length, unit, target)
        return node
    if not _is_whole(length.this, catalogue):
        raise lacks(target, "INTERVAL of a computed number that may be no whole one")
    if target.computed_intervals:
        return node
    factor, unit = _SMALLER.get(unit, (1, unit))
    number: exp.Expr = exp.paren(length.this.unnest())
    if factor > 1:
        number = exp.Mul(this=number, expression=exp.Literal.number(factor))
    if not target.intervals:  # the builder knows which values have hours
        node.set("expression", exp.Interval(this=exp.paren(number), unit=exp.var(unit)))
        return node
    if isinstance(node, exp.Sub):
        number = exp.Neg(this=exp.paren(number))
    template = target.add.get(unit.lower()) or target.add[""]
    return fill(template, target, unit=unit.lower(), value=node.this, number=number)


def _in_units(length: exp.Interval, unit: str, target: Dialect) -> None:
    """Write a week or a quarter in days or months, where INTERVAL has no such unit."""
    lacks_units = target.interval_units or not target.intervals
    if unit in _SMALLER and lacks_units and length.this.name.lstrip("-").isdigit():
        factor, smaller = _SMALLER[unit]
        length.set("this", exp.Literal.string(str(factor * int(length.this.name))))
        length.set("unit", exp.var(smaller))


def check_lengths(tree: exp.Expr, target: Dialect) -> None:
    """Raise Refused for a length that is not added to a date, or that the target cannot compute."""
    for length in tree.find_all(exp.Interval):
        parent = length.parent
        if isinstance(parent, exp.Add | exp.Sub) and not _is_length(parent.this):
            continue  # it is on the right, and computed only where the target can do that
        if not target.interval_type and not _takes_length(parent):
            raise lacks(target, "INTERVAL that is not added to a date")
        if not _is_literal(length.this) and not target.computed_intervals:
            raise lacks(target, "INTERVAL of a computed number")


def _takes_length(parent: exp.Expr | None) -> bool:
    return isinstance(parent, (*_ADDED, *_SUBTRACTED, *_OTHERS))


def _is_length(node: exp.Expr) -> bool:
    return isinstance(node.unnest(), exp.Interval)


def _is_literal(number: exp.Expr | None) -> bool:
    if number is None:
        return True
    value = number.unnest()
    return isinstance(value.this if isinstance(value, exp.Neg) else value, exp.Literal)


def _is_whole(number: exp.Expr, catalogue: Catalogue | None) -> bool:
    """Is it a whole number, as far as the schema says?"""
    for part in number.walk():
        if not isinstance(part, _WHOLE) or (isinstance(part, exp.Literal) and not part.is_int):
            return False
        if isinstance(part, exp.Column):
            kind = (catalogue.types if catalogue else {}).get(part.name.lower(), "").lower()
            if kind.startswith(_FRACTIONS) or (kind and family(kind) != "number"):
                return False
    return True
