"""What is today: DATE('now') of SQLite as CURRENT_DATE."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect

_WORDS = frozenset("now today yesterday tomorrow epoch infinity -infinity allballs".split())
_CALLS = frozenset("DATE TIME DATETIME JULIANDAY UNIXEPOCH TIMEDIFF STRFTIME".split())
_READ = (exp.Date, exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.TsOrDsToTime, exp.Timestamp)
_DATES = (exp.Date, exp.TsOrDsToDate)


def as_today(node: exp.Expr, source: Dialect) -> exp.Expr:
    """Return the words of a dialect with affinities for the current date and time as others'."""
    if not source.affinities:
        return node
    called = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    if isinstance(node, _DATES) and not node.expressions and _is_now([node.this]):
        return exp.CurrentDate()
    if isinstance(node, exp.TsOrDsToTimestamp) and _is_now([node.this]):
        return exp.CurrentTimestamp()
    if called in ("DATE", "DATETIME") and _is_now(node.expressions):
        return exp.CurrentDate() if called == "DATE" else exp.CurrentTimestamp()
    return node


def _is_now(operands: list[exp.Expr | None]) -> bool:
    values = [operand for operand in operands if operand]
    return not values or (len(values) == 1 and _word(values[0]) == "now")


def special_word(node: exp.Expr) -> str:
    """Return the word that is read as a time, such as 'now' or 'today'; empty if there is none."""
    called = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    if called in _CALLS:
        words = {_word(operand) for operand in node.expressions} & _WORDS
        return f"{called} of {min(words)!r}" if words else called if not node.expressions else ""
    is_cast = isinstance(node, exp.Cast) and node.to.is_type(*exp.DataType.TEMPORAL_TYPES)
    reads = isinstance(node, _READ) or is_cast
    word = _word(node.this) if reads and node.this else ""
    return f"date of {word!r}" if word in _WORDS else ""


def _word(operand: exp.Expr) -> str:
    return operand.name.lower().strip() if operand.is_string else ""
