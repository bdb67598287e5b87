"""Values for columns: those that a query names, their neighbours, and plain ones."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from queryexpr.schema.catalogue import Column
from queryexpr.worlds.world import Value

Kind = Literal["date", "moment", "clock", "whole", "number", "boolean", "text", ""]
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_SIZE = re.compile(r"CHAR[A-Z ]*\((\d+)")
_DAY = datetime.timedelta(days=1)
NOON = "12:00:00"


@dataclass(frozen=True, slots=True)
class Choice:
    """Values for a column: `hits` are what queries compare it with, `near` are beside these."""

    hits: tuple[Value, ...]
    near: tuple[Value, ...]
    plain: tuple[Value, ...]


def kind_of(column: Column) -> Kind:
    """Return which values belong into the column, as far as its type shows it."""
    word = column.type.lower()
    if column.family == "time":
        if word.startswith("year"):
            return "whole"
        if word.startswith(("datetime", "timestamp", "smalldatetime")):
            return "moment"
        return "clock" if word.startswith("time") else "date"
    if column.family == "number":
        decimal = re.search(r"\(\s*\d+\s*,\s*[1-9]|real|double|float|money", word)
        bare = word in ("numeric", "decimal", "number", "dec")
        return "number" if decimal or bare else "whole"
    return "boolean" if column.family == "boolean" else "text" if column.family == "text" else ""


def hits(value: Value, kind: Kind) -> Iterator[Value]:
    """Yield a literal as values of a column of that kind."""
    if kind in ("date", "moment"):
        yield from _times(value, kind)
    elif kind in ("whole", "number", "boolean"):
        yield from _numbers(value, kind)
    elif kind == "text" and value is not None:
        yield str(value)
    else:
        yield value


def near(value: Value) -> Iterator[Value]:
    """Yield what is beside a value: the days and numbers around it, a text in other letters."""
    if isinstance(value, int | float):
        yield from (value + 1, value - 1)
    elif isinstance(value, str) and (date := _date(value)):
        tail = value[10:]
        yield from (f"{date + _DAY}{tail}", f"{date - _DAY}{tail}")
    elif isinstance(value, str) and _WHOLE.fullmatch(value):
        yield from (str(int(value) + 1), str(int(value) - 1))
    elif isinstance(value, str) and value:
        yield from (v for v in (value.lower(), value.upper(), value.capitalize()) if v != value)
        yield f"{value}x"


def fresh(value: Value, taken: set[Value]) -> Value:
    """Return a value like `value` that is not taken."""
    number = 2
    while value in taken:
        value = _next(value, number)
        number += 1
    return value


def _next(value: Value, number: int) -> Value:
    if not isinstance(value, str):
        return 1 if value is None else value + 1
    if date := _date(value):
        return f"{date + _DAY}{value[10:]}"
    return f"{value.rstrip('0123456789')}{number}"


def matches(pattern: str) -> Iterator[str]:
    """Yield texts that a pattern of LIKE or GLOB matches, and some that it just does not."""
    core = pattern.replace("_", "a").replace("?", "a")
    yield from (re.sub(r"[%*]", filling, core) for filling in ("", "b"))
    bare = re.sub(r"[%*]", "", core)
    yield from (f"{bare}c", f"c{bare}", bare.swapcase(), bare[1:])


def plain(column: Column, kind: Kind, numeric: bool) -> tuple[Value, ...]:
    """Return values that have nothing to do with a query."""
    if kind == "text" or (kind == "" and not numeric):
        if numeric:
            return "1", "2", "10"
        names = ("Ada", "Bob", "Eve") if "name" in column.name.lower() else ("a", "b", "c")
        size = _SIZE.search(column.type.upper())
        return tuple(name[: int(size[1])] for name in names) if size else names
    return _PLAIN[kind]


_PLAIN: dict[Kind, tuple[Value, ...]] = {
    "date": ("2024-01-01", "2024-01-02", "2023-12-31"),
    "moment": (f"2024-01-01 {NOON}", f"2024-01-02 {NOON}", f"2023-12-31 {NOON}"),
    "clock": ("08:00:00", NOON, "18:30:00"),
    "whole": (1, 2, 3, 10),
    "number": (1, 2, 2.5, 10),
    "boolean": (0, 1),
    "": (1, 2, 3),
}


def _numbers(value: Value, kind: Kind) -> Iterator[Value]:
    if isinstance(value, str):
        if _WHOLE.fullmatch(value):
            yield int(value)
        return
    if value is None or kind == "boolean":
        yield value
    elif kind == "whole" and isinstance(value, float):
        yield from (int(value), int(value) + 1)
    else:
        yield value


def _times(value: Value, kind: Kind) -> Iterator[Value]:
    text = str(value)
    if date := _DATE.fullmatch(text):
        days = [text[:10]]
        if kind == "moment" and date[4]:
            yield text.replace("T", " ")
    else:
        days = [*_days(text)]
    if not days and isinstance(value, str):
        yield value  # such as 12/31/2014, where dates are texts
    yield from (f"{day} {NOON}" for day in days) if kind == "moment" else days


def _days(text: str) -> Iterator[str]:
    """Yield days of a year, of a month of a year, or of a month, and days beside these."""
    if month := _MONTH.fullmatch(text):
        yield from _of_month(int(month[1]), int(month[2]))
    elif text.isdigit() and 1900 <= int(text) <= 2100:
        yield from (f"{text}-06-15", f"{text}-01-01", f"{text}-12-31")
        yield from (f"{int(text) - 1}-12-31", f"{int(text) + 1}-01-01")
    elif text.isdigit() and 1 <= int(text) <= 12:
        yield from _of_month(2024, int(text))


def _of_month(year: int, month: int) -> Iterator[str]:
    if 1 <= month <= 12 and 1 < year < 9999:
        first = datetime.date(year, month, 1)
        following = (first + 32 * _DAY).replace(day=1)
        days = (first + 14 * _DAY, first, following - _DAY, following, first - _DAY)
        yield from map(str, days)


def _date(text: str) -> datetime.date | None:
    found = _DATE.match(text)
    if not found:
        return None
    try:
        date = datetime.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return date if 1 < date.year < 9999 else None
