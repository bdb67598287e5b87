"""
Texts that are dates and times, as every database reads them: 2024-02-01 10:00:00.

Postgres and MySQL read '2024-2-1', '20240201' and '2024-02-01T10:00Z' as well; SQLite compares
texts, and has no date for those.
"""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.dates import DATE_LENGTH
from queryexpr.check.odd_dates import CODE as ODD_DATE
from queryexpr.check.odd_dates import is_impossible
from queryexpr.dialects.dialect import Dialect
from queryexpr.issues import Issue, Refused
from queryexpr.translate.dates.now import special_word
from queryexpr.translate.dates.times import compared_values

_DATE = r"(\d{4})(?:([-/])(\d\d?)\2(\d\d?)|(\d\d)(\d\d))"
_CLOCK = r"(\d\d?):(\d\d)(?::(\d\d)(\.\d{1,6})?)?"
_WHOLE = re.compile(rf"\s*{_DATE}(?:(?:T|\s+){_CLOCK}\s*(?:Z|[+]00(?::?00)?)?)?\s*", re.IGNORECASE)
_ZONE = re.compile(r"\s*([+-]\d[\d:]*|[A-Za-z/_]+)\s*$")
_TIME = re.compile(rf"\s*{_CLOCK}\s*")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
HOURS = re.compile(r"\s*\d{4}-\d\d?-\d\d?[T ].*:.*", re.IGNORECASE)
_TEMPORAL = (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME,
             exp.DType.TIME)  # fmt: skip
# Calls that read a text as a date, as do sums with an INTERVAL.
_READ = (
    exp.Date, exp.DateTrunc, exp.DateDiff, exp.DateAdd, exp.DateSub, exp.Extract, exp.LastDay,
    exp.TimestampTrunc, exp.TimestampDiff, exp.TimestampAdd, exp.TsOrDsToDate, exp.TsOrDsAdd,
    exp.TsOrDsToTimestamp, exp.TimeToStr, exp.Year, exp.Quarter, exp.Month, exp.Week, exp.Day,
    exp.DayOfMonth, exp.DayOfWeek, exp.DayOfYear, exp.Dayname, exp.Monthname,
)  # fmt: skip


def standard_date(text: str) -> str:
    """Return a date as YYYY-MM-DD, with hours as HH:MM:SS; empty if its order is not clear."""
    match = _WHOLE.fullmatch(text)
    if not match:
        return ""
    year, _, *days, hour, minute, second, fraction = match.groups()
    month, day = days[:2] if days[0] else days[2:]
    date = f"{year}-{int(month):02}-{int(day):02}"
    return date if hour is None else f"{date} {_clock(hour, minute, second, fraction)}"


def _clock(hour: str, minute: str, second: str | None, fraction: str | None) -> str:
    return f"{int(hour):02}:{minute}:{second or '00'}{(fraction or '').rstrip('0').rstrip('.')}"


def _standard_time(text: str) -> str:
    match = _TIME.fullmatch(text)
    return _clock(*match.groups()) if match else ""


def literal_date(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a text that is read as a date in the form that all read. Raises Refused."""
    if isinstance(node, exp.Cast) and node.this.is_string and node.to.this in _TEMPORAL:
        if not special_word(node):
            node.set("this", exp.Literal.string(_of_cast(node, source, target)))
        return node
    if not node.is_string or not _DAY.fullmatch(node.name) or not _is_read(node):
        return node
    plain = standard_date(node.name)
    if is_impossible(plain) or (plain != node.name and source.affinities):  # null there
        raise _odd(node.name)
    date = exp.Literal.string(plain)
    return exp.cast(date, "date") if target.odd_dates == "error" else date


def _of_cast(node: exp.Cast, source: Dialect, target: Dialect) -> str:
    text = node.this.name
    kind = node.to.this
    plain = _standard_time(text) if kind is exp.DType.TIME else standard_date(text)
    if not plain and _has_zone(text):
        return _without_zone(text, source, target)
    if not plain:
        raise _odd(text)
    return plain[:DATE_LENGTH] if kind is exp.DType.DATE else plain


def _without_zone(text: str, source: Dialect, target: Dialect) -> str:
    """Return a time without its zone, which a type without one leaves out in some dialects."""
    if source.interval_type == target.interval_type:
        return text
    plain = standard_date(_ZONE.sub("", text))
    if not source.interval_type or not plain:
        raise _odd(text)
    return plain


def _has_zone(text: str) -> bool:
    """Is it a time with a zone, which databases convert or leave out?"""
    return bool(re.fullmatch(rf"\s*{_DATE}(?:T|\s+){_CLOCK}\s*([+-]\d.*|[A-Za-z/_]+)", text))


def _is_read(node: exp.Expr) -> bool:
    parent = node.parent
    is_sum = isinstance(parent, exp.Add | exp.Sub) and isinstance(parent.expression, exp.Interval)
    return is_sum or isinstance(parent, _READ)


def compares_hours(tree: exp.Expr) -> bool:
    """May the query compare a date with a text that has hours?"""
    return any(node.is_string and HOURS.fullmatch(node.name) for node in tree.find_all(exp.Literal))


def compared_texts(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a comparison whose texts with hours are as those of the other side. Raises Refused.

    Beside dates they are dates in most dialects; in MySQL the dates are times then.
    """
    values = compared_values(node)
    texts = [value for value in values if value.is_string and HOURS.fullmatch(value.name)]
    others = [value for value in values if not value.is_string]
    if not texts or not any(value.is_type(*exp.DataType.TEMPORAL_TYPES) for value in others):
        return node
    dates = all(value.is_type("date") for value in others)
    if source.affinities and not dates:
        return node  # texts are compared with texts
    plain = [standard_date(text.name) for text in texts]
    if source.affinities or not all(plain):
        raise _odd(texts[0].name)
    as_times = source.compares_hours and any(not text.endswith(" 00:00:00") for text in plain)
    for value in others if dates and as_times else ():
        value.replace(exp.cast(value.copy(), "timestamp"))
    cuts = dates and not as_times
    for text, whole in zip(texts, plain, strict=True):
        text.replace(exp.Literal.string(whole[:DATE_LENGTH] if cuts else whole))
    return node


def _odd(text: str) -> Refused:
    message = f"Databases read {text[:40]!r} in their own ways: write YYYY-MM-DD, or with HH:MM:SS."
    return Refused(Issue(ODD_DATE, message))
