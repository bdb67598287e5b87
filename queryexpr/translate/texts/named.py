"""Functions that only some dialects have, as what they mean: FIELD, ENDS_WITH, TOTAL, MAX_BY."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.copies import copied
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect

_AROUND = (exp.Filter, exp.Window)


def field_place(node: exp.Anonymous, source: Dialect, target: Dialect) -> exp.Expr:
    """Return FIELD(x, 'a', 'b') as a CASE: the place of x, and 0 for none. Raises Refused.

    Of numbers and texts FIELD makes doubles; so only values of one kind are compared.
    """
    value, *options = node.expressions
    texts = [option.is_string for option in options]
    if not options or (any(texts) and not all(texts)):
        raise lacks(target, "FIELD of texts and numbers")
    if not all(isinstance(option, exp.Literal) for option in options):
        raise lacks(target, "FIELD but of texts, or of numbers")
    ifs = [
        exp.If(this=copied(option), true=exp.Literal.number(number))
        for number, option in enumerate(options, 1)
    ]
    return exp.Case(this=copied(value), ifs=ifs, default=exp.Literal.number(0))


def at_end(text: exp.Expr, end: exp.Expr, target: Dialect) -> exp.Expr:
    """Return whether a text ends with another, by its last letters."""
    size: exp.Expr = exp.Length(this=copied(end))
    if end.is_string:
        size = exp.Literal.number(len(end.name))
    last: exp.Expr = exp.Right(this=copied(text), expression=size)
    if target.right:
        last = fill(target.right, target, text=copied(text), size=size)
    return exp.Paren(this=exp.EQ(this=last, expression=copied(end)))


def has_suffix(node: exp.Anonymous, source: Dialect, target: Dialect) -> exp.Expr:
    """Return SUFFIX(x, 'a') as what ENDS_WITH(x, 'a') means."""
    text, end = node.expressions
    return at_end(text, end, target)


def repeated(node: exp.Repeat, source: Dialect, target: Dialect) -> exp.Expr:
    """Return REPEAT('ab', 3) as the text that it is, where there is no REPEAT."""
    text, times = node.this, node.args["times"]
    if target.may_call("REPEAT") or not (text.is_string and times.is_int):
        return node
    return exp.Literal.string(text.name * int(times.name))


def total(node: exp.Anonymous, source: Dialect, target: Dialect) -> exp.Expr:
    """Return TOTAL(x), a sum that is 0.0 where there are no values. Raises Refused."""
    if isinstance(node.parent, _AROUND) or len(node.expressions) != 1:
        raise lacks(target, "TOTAL with FILTER or OVER: write COALESCE(SUM(x), 0)")
    summed = exp.Sum(this=copied(node.expressions[0]))
    return exp.cast(exp.Coalesce(this=summed, expressions=[exp.Literal.number(0)]), "double")


def of_extreme(node: exp.ArgMax | exp.ArgMin, source: Dialect, target: Dialect) -> exp.Expr:
    """Return MAX_BY(x, y) as the first element of an array in the order of y. Raises Refused.

    DuckDB leaves out rows where x is null, others only those where y is.
    """
    name = "MAX_BY" if isinstance(node, exp.ArgMax) else "MIN_BY"
    skips = source.extremes_skip_nulls
    if target.may_aggregate(name) and skips == target.extremes_skip_nulls:
        return node
    if target.nested_types != "squares" or node.args.get("count"):
        raise lacks(target, f"{name} as that of {source.title}")
    if isinstance(node.parent, _AROUND):
        raise lacks(target, f"{name} with FILTER or OVER")
    value, key = node.this, node.expression
    down = name == "MAX_BY"
    order = exp.Ordered(this=copied(key), desc=down or None, nulls_first=down)
    first = exp.ArrayAgg(this=exp.Order(this=copied(value), expressions=[order]))
    there = [_is_there(key), *([_is_there(value)] if skips else [])]
    kept = exp.Filter(this=first, expression=exp.Where(this=exp.and_(*there)))
    return exp.Bracket(this=exp.Paren(this=kept), expressions=[exp.Literal.number(1)], offset=1)


def _is_there(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=exp.paren(copied(value)), expression=exp.null()))
