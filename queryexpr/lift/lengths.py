"""
Texts of lengths of time, such as '1 day 12:00:00' or '3 days ago' → numbers of units.

sqlglot reads the first number and its unit, and drops the rest.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sqlglot import exp

from queryexpr.expression import Cast, Interval, Number
from queryexpr.lift.reader import Reader

Parts = tuple[tuple[int, str], ...]
_SIZES = {
    "year": 12,
    "month": 30,
    "week": 7,
    "day": 24,
    "hour": 60,
    "minute": 60,
    "second": 1_000_000,
    "microsecond": 0,
}  # how many of the next smaller; of a week, days
_NEXT = {"year": "month", "month": "day", "week": "day", "day": "hour", "hour": "minute",
         "minute": "second", "second": "microsecond"}  # fmt: skip
_CLOCK = ("hour", "minute", "second")
_WORDS = {
    "year": "y yr yrs year years", "month": "mon mons month months",
    "week": "w week weeks", "day": "d day days", "hour": "h hr hrs hour hours",
    "minute": "m min mins minute minutes", "second": "s sec secs second seconds",
    "microsecond": "us usec usecs microsecond microseconds",
}  # fmt: skip
_UNITS: dict[str, tuple[int, str]] = {
    **{word: (1, unit) for unit, words in _WORDS.items() for word in words.split()},
    **dict.fromkeys("ms msec msecs millisecond milliseconds".split(), (1000, "microsecond")),
    **dict.fromkeys(("qtr", "quarter", "quarters"), (3, "month")),
    **dict.fromkeys("dec decs decade decades".split(), (10, "year")),
    **dict.fromkeys("c cent century centuries".split(), (100, "year")),
    **dict.fromkeys("mil mils millennium millennia".split(), (1000, "year")),
}
_PART = re.compile(
    r",?\s*(?P<sign>[+-]?)\s*(?:"
    r"(?P<hour>\d{1,9}):(?P<minute>\d\d?)(?::(?P<second>\d\d?(?:\.\d{1,6})?))?(?![\d:])"
    r"|(?P<year>\d{1,9})-(?P<month>\d{1,2})(?![\d-])"
    r"|(?P<number>\d{1,9}(?:\.\d{1,6})?)\s*(?P<unit>[a-z]*))\s*"
)
_NUMBER = r"-?\d{1,9}(\.\d{1,9})?"
_ISO = re.compile(
    r"p(?=[\dt])(?:(\d{1,9})y)?(?:(\d{1,9})m)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?"
    r"(?:t(?=\d)(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9}(?:\.\d{1,6})?)s)?)?"
)


def read_interval(reader: Reader, node: exp.Interval) -> Interval | Cast:
    reader.only(node, "this", "unit", "fraction_in_string")
    unit, text = node.args.get("unit"), node.meta.get("text")
    if text is not None and (unit is None or re.search("[a-zA-Z]", text)):
        return _read_text(reader, node, text)
    word = unit.name.lower() if unit and not isinstance(unit, exp.IntervalSpan) else ""
    factor, name = _UNITS.get(word, (0, ""))
    if word.startswith("quarter") and not reader.dialect.interval_type:
        factor, name = 1, "quarter"
    units = reader.dialect.interval_units
    if units and word not in units:  # Postgres takes WEEK for the name of a column
        title, known = reader.dialect.title, ", ".join(sorted(units))
        message = f"{title} takes no unit {word!r} after INTERVAL '…': write one of {known}."
        raise reader.wrong("not_supported", message, node)
    number = _number(reader, node)
    if not factor or (factor > 1 and not isinstance(number, int)):
        raise reader.refuse(node)
    return Interval(interval=number * factor if factor > 1 else number, unit=name)


def _number(reader: Reader, node: exp.Interval) -> Any:
    """Return how many units there are: a number, or any other value."""
    value = reader.value(node.this)
    if isinstance(value, Number):
        value = float(value.number)
    if value is None or (isinstance(value, str) and not re.fullmatch(_NUMBER, value)):
        raise reader.refuse(node)
    if isinstance(value, str) and "." not in value:
        return int(value)
    if isinstance(value, str | float) and reader.dialect.interval_type:  # it is cut off
        raise reader.refuse(node)
    return value


def _read_text(reader: Reader, node: exp.Interval, text: str) -> Interval | Cast:
    parts, dialect = parts_of(text), reader.dialect
    if not parts:
        message = (
            f"The length of time {text[:40]!r} is not clear: write each number with its unit,"
            " such as INTERVAL '1 day 12 hours'."
        )
        raise reader.wrong("not_supported", message, node)
    if parts[1:] and not dialect.interval_type:
        message = "An INTERVAL has one unit here: add one INTERVAL for each unit."
        raise reader.wrong("not_supported", message, node)
    return length(parts)


def length(parts: Parts) -> Interval | Cast:
    """Return the length of time that has these parts."""
    if not parts[1:]:
        return Interval(interval=parts[0][0], unit=parts[0][1])
    return Cast(cast=text_of(parts), type="interval")


def text_of(parts: Parts) -> str:
    """Return a text that every dialect with a type INTERVAL reads as these parts."""
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts)


def parts_of(text: str) -> Parts:
    """Return the numbers of units that a text means, the largest unit first; empty if unclear."""
    words = text.strip().lower().removeprefix("@").strip()
    plain = words.removesuffix("ago").rstrip()
    sums = _iso(plain) or _sums(plain)
    if not sums:
        return ()
    sign = -1 if plain != words else 1
    whole = _whole(sums)
    parts = tuple((sign * int(whole[unit]), unit) for unit in _SIZES if whole.get(unit))
    return parts or (((0, next(iter(sums))),) if whole else ())


def _iso(text: str) -> dict[str, Decimal]:
    match = _ISO.fullmatch(text)
    units = ("year", "month", "week", "day", *_CLOCK)
    pairs = zip(units, match.groups(), strict=True) if match else ()
    return {unit: Decimal(number) for unit, number in pairs if number}


def _sums(text: str) -> dict[str, Decimal]:
    """Return the sum of each unit; empty if a part is not clear, or the hours are there twice."""
    matches = list(_PART.finditer(text))
    if "".join(match[0] for match in matches) != text:
        return {}
    sums: dict[str, Decimal] = {}
    clocks = 0
    for match in matches:
        clocks += match["hour"] is not None
        following = _PART.match(text, match.end())
        for unit, number in _numbers(match, following):
            if not unit or (clocks and match["hour"] is None and unit in _CLOCK):
                return {}
            if match["hour"] is not None and unit in sums:
                return {}
            sums[unit] = sums.get(unit, Decimal(0)) + number
    return sums


def _numbers(match: re.Match[str], following: re.Match[str] | None) -> list[tuple[str, Decimal]]:
    """Return the units of a part and their numbers. A number alone is of seconds, or of days."""
    sign = -1 if match["sign"] == "-" else 1
    if match["number"] is None:
        named = (match.groupdict().get(unit) for unit in ("year", "month", *_CLOCK))
        pairs = zip(("year", "month", *_CLOCK), named, strict=True)
        return [(unit, sign * Decimal(number)) for unit, number in pairs if number]
    number = sign * Decimal(match["number"])
    if match["unit"]:
        factor, unit = _UNITS.get(match["unit"], (0, ""))
        return [(unit, factor * number)]
    if following is None:
        return [("second", number)]
    return [("day" if following["hour"] is not None else "", number)]


def _whole(sums: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return whole numbers of units, fractions as smaller units; empty if that is not exact."""
    whole = dict(sums)
    for unit, size in _SIZES.items():
        number = whole.get(unit, Decimal(0))
        rest = (number - int(number)) * size
        if number == int(number):
            continue
        if not size or (unit == "year" and rest != int(rest)):  # some round it to months
            return {}
        whole[unit] = Decimal(int(number))
        whole[_NEXT[unit]] = whole.get(_NEXT[unit], Decimal(0)) + rest
    return whole
