"""
Texts beside dates that are no dates, or that databases read in their own ways.

MySQL reads '2020-6-1' and '20200601' as the first of June; SQLite compares the texts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import TYPE_CHECKING, Any

from queryexpr.check.parts import type_of

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker
    from queryexpr.check.scope import Scope

CODE = "odd_date"
_ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?")
_PARTS = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?.*)?", re.DOTALL)
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?")
_MONTH = re.compile(r"\d{4}-\d{1,2}")
_NO_DATES = re.compile(r"time(?!stamp)|year|interval", re.IGNORECASE)  # types
_WORDS = {"epoch", "infinity", "-infinity", "now", "today", "tomorrow", "yesterday"}


def check_dates(
    checker: Checker, op: str, values: tuple[Any, ...], scope: Scope, pointer: str
) -> None:
    """Add an issue if dates among `values` are compared with a text that is no ISO date."""
    texts = [value for value in values if isinstance(value, str) and not _is_iso(value)]
    types = [type_of(value, scope) for value in values if not isinstance(value, str)]
    if not texts or any(map(_NO_DATES.match, types)):
        return
    odd = next(filter(_is_no_date, texts), None)
    if odd is not None and checker.dialect.odd_dates:
        message = f"{op!r} compares a date with {odd!r}, which is none: write YYYY-MM-DD."
        checker.wrong(CODE, message, pointer, severity=checker.dialect.odd_dates)
    else:
        message = f"{op!r} compares a date with {texts[0]!r}: write YYYY-MM-DD, which all read."
        checker.wrong(CODE, message, pointer, severity="note")


def check_chosen(
    checker: Checker, name: str, values: tuple[Any, ...], scope: Scope, pointer: str
) -> None:
    """Add an error if a text that is no date may be the result in place of a date."""
    types = [type_of(value, scope) for value in values if not isinstance(value, str)]
    texts = (value for value in values if isinstance(value, str) and not _is_iso(value))
    odd = next(filter(_is_no_date, texts), None)
    if odd is not None and not any(map(_NO_DATES.match, types)):
        message = f"{name} has a date and {odd!r}, which is none: cast the date to a text."
        checker.wrong(CODE, message, pointer)


def _is_no_date(text: str) -> bool:
    """Is it a year, a month, a word or a number that databases do not read as a date?"""
    if is_impossible(text):
        return True
    if not text.isdigit():
        is_word = not any(map(str.isdigit, text)) and text.strip().lower() not in _WORDS
        return is_word or bool(_MONTH.fullmatch(text))
    return len(text) < 6 or (len(text) == 6 and not "01" <= text[2:4] <= "12")


def _is_iso(text: str) -> bool:
    return bool(_ISO.fullmatch(text)) and not is_impossible(text)


def is_impossible(text: str) -> bool:
    """Has it the form of a date or a time, and a month, a day or an hour that there is not?"""
    text = text.strip()
    if match := _PARTS.fullmatch(text):
        year, month, day, *clock = (int(part or 0) for part in match.groups())
        in_month = 1 <= month <= 12 and 1 <= day <= monthrange(max(year, 4), month)[1]
        return not in_month or _is_over(*clock)
    match = _CLOCK.fullmatch(text)
    return match is not None and _is_over(*(int(part or 0) for part in match.groups()))


def _is_over(hour: int, minute: int, second: int) -> bool:
    if hour == 24:
        return minute > 0 or second > 0
    return hour > 24 or minute > 59 or second > 60
