"""SQLite's JULIANDAY and UNIXEPOCH, and DATE with modifiers such as 'start of month'."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect

WHOLE = "whole"  # marks an EXTRACT(EPOCH …) whose fraction is kept
_EPOCH = "2440587.5"  # the Julian day of 1970-01-01
_START = re.compile(r"start of (month|year)")
_LENGTH = re.compile(r"([+-]?)(\d+) (day|month|year)s?")


def as_date_sum(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a call that only SQLite has as others compute it; what is not read stays."""
    if not source.affinities or target.affinities or not isinstance(node, exp.Anonymous):
        return node
    name, operands = node.name.upper(), node.expressions
    if name == "DATE" and operands[1:]:
        return _modified(operands) or node
    plain = len(operands) == 1 and not operands[0].is_number and operands[0].name != "now"
    if name not in ("JULIANDAY", "UNIXEPOCH") or not plain:
        return node
    time = exp.cast(operands[0], "timestamp")
    seconds = exp.Extract(this=exp.var("EPOCH"), expression=time)
    if name == "UNIXEPOCH":
        return seconds
    seconds.meta[WHOLE] = True
    days = exp.Div(this=seconds, expression=exp.Literal.number("86400.0"), typed=True, safe=True)
    return exp.Paren(this=exp.Add(this=days, expression=exp.Literal.number(_EPOCH)))


def _modified(operands: list[exp.Expr]) -> exp.Expr | None:
    """Return a date with its modifiers; None if one may mean something else.

    A month after 31 January is 3 March in SQLite, so months are added to the first of one only.
    """
    value, *modifiers = operands
    if value.is_number or value.name == "now" or not all(m.is_string for m in modifiers):
        return None
    date, is_first = exp.cast(value, "date"), False
    for modifier in modifiers:
        text = modifier.name.lower()
        if start := _START.fullmatch(text):
            cut = exp.TimestampTrunc(this=date, unit=exp.var(start[1].upper()))
            date, is_first = exp.cast(cut, "date"), True
            continue
        length = _LENGTH.fullmatch(text)
        if not length or (length[3] != "day" and not is_first):
            return None
        kind = exp.Sub if length[1] == "-" else exp.Add
        amount = exp.Interval(this=exp.Literal.string(length[2]), unit=exp.var(length[3].upper()))
        date = exp.cast(kind(this=date, expression=amount), "date")
        is_first = is_first and length[3] != "day"
    return date
