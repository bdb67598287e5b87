"""Dates as numbers, which only MySQL has: 20201231 is a date, and a year and a month are 202012."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue, family

COMPARED = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Between, exp.In,
)  # fmt: skip
_TIMES = (*exp.DataType.TEMPORAL_TYPES,)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?")


def compares_numbers(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> bool:
    """May the query compare a date with a number, in a dialect that allows that?"""
    types = catalogue.types if catalogue else {}

    def is_time(side: exp.Expr) -> bool:
        if isinstance(side, exp.Column):
            return family(types.get(side.name.lower(), "")) in ("time", "")
        return isinstance(side, exp.Func | exp.Query)

    tests = tree.find_all(*COMPARED) if _takes_numbers(source) else ()
    sides = ([side.unnest() for side in test.iter_expressions()] for test in tests)
    return any(any(map(is_time, both)) and not any(s.is_string for s in both) for both in sides)


def compared_numbers(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Compare a date with the date that a number is. Raises Refused for any other number."""
    if not _takes_numbers(source) or not isinstance(node, COMPARED):
        return node
    sides = [side.unnest() for side in node.iter_expressions()]
    if not any(side.is_type(*_TIMES) and not isinstance(side, exp.Binary) for side in sides):
        return node
    for side in sides:
        if side.is_type(*exp.DataType.NUMERIC_TYPES):
            side.replace(_date(side, source, target))
    return node


def _takes_numbers(source: Dialect) -> bool:
    return source.numbers_are_dates or source.affinities


def _date(number: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    digits = _DIGITS.fullmatch(number.name) if isinstance(number, exp.Literal) else None
    if not source.numbers_are_dates or not digits:
        raise lacks(target, f"date that is compared with a number as {source.title} has it")
    year, month, day, *time = digits.groups()
    hours = f" {':'.join(time)}" if time[0] else ""
    return exp.Literal.string(f"{year}-{month}-{day}{hours}")


def year_and_month(node: exp.Expr) -> exp.Expr:
    """Return EXTRACT(YEAR_MONTH FROM x), which only MySQL has, as what it computes."""
    if not isinstance(node, exp.Extract) or node.name.upper() != "YEAR_MONTH":
        return node
    year, month = (
        exp.Extract(this=exp.var(part), expression=node.expression.copy())
        for part in ("YEAR", "MONTH")
    )
    hundreds = exp.Mul(this=year, expression=exp.Literal.number(100))
    return exp.Paren(this=exp.Add(this=hundreds, expression=month))
