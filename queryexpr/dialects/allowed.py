"""Words that queries may contain as they are: types, parts of dates, collations."""

from __future__ import annotations

import re

# What may follow CAST … AS: types of values, not those that look things up by name.
_TYPES = frozenset(
    "int integer bigint smallint tinyint mediumint int2 int4 int8 int64 hugeint unsigned signed"
    " uint uinteger ubigint usmallint utinyint serial numeric decimal dec number bignumeric"
    " bigdecimal real float float4 float8 float64 double money smallmoney text char varchar nchar"
    " nvarchar varchar2 nvarchar2 character string clob nclob longtext mediumtext tinytext bpchar"
    " date time timestamp datetime datetime2 smalldatetime datetimeoffset timestamptz timetz"
    " timestamp_ntz timestamp_ltz timestamp_tz timestampntz timestampltz timestamp_s interval"
    " boolean bool bit uuid uniqueidentifier year json jsonb variant object array".split()
)
_MORE = ("varying", "precision", "with time zone", "without time zone", "unsigned", "signed",
         "with local time zone")  # fmt: skip
_TYPE = re.compile(
    r"(?P<word>[a-z][a-z0-9_]*)(?P<more>( [a-z]+)*)(\((?P<size>[^()]*)\))?(?P<end>( [a-z]+)*)"
)
_SIZE = re.compile(r"\s*(\d{1,5}|max)(\s*,\s*-?\d{1,3})?\s*")
MAX_SIZE = 8000  # characters: CHAR fills a value up to its size


def is_type(text: str) -> bool:
    """May a value be cast to this type? `text` is in small letters."""
    match = _TYPE.fullmatch(text)
    if not match or match["word"] not in _TYPES:
        return False
    more = [words.strip() for words in (match["more"], match["end"]) if words]
    size = match["size"]
    small = size is None or (_SIZE.fullmatch(size) and _size(size) <= MAX_SIZE)
    return bool(small) and all(words in _MORE for words in more)


def _size(text: str) -> int:
    first = text.split(",")[0].strip()
    return 0 if first == "max" else int(first)


_AFFINITIES = {"integer": ("int",), "text": ("char", "clob", "text"), "blob": ("blob", "binary"),
               "real": ("real", "floa", "doub")}  # fmt: skip


def affinity(text: str) -> str:
    """Return what SQLite casts to, which only looks for these letters: DATE makes a number."""
    names = (name for name, parts in _AFFINITIES.items() if any(part in text for part in parts))
    return next(names, "numeric")


_COLLATION = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}(_[A-Za-z0-9]{1,30}){1,8}")
_LENGTH = re.compile(r"-?\d{1,9}(\.\d{1,9})?([ :-]\d{1,9}(\.\d{1,9})?)*")


def is_length(text: str) -> bool:
    """May this text be the number of an interval, such as 1-2 or 10:30?"""
    return bool(_LENGTH.fullmatch(text))


# Parts of dates, as dialects call them.
_UNITS = frozenset(
    "YEAR YEARS YYYY YY YR QUARTER QUARTERS QQ Q MONTH MONTHS MM M MON WEEK WEEKS WK WW"
    " ISOWEEK ISO_WEEK WEEKISO WEEKOFYEAR WEEK_ISO DAY DAYS DD D DAYOFMONTH DAYOFYEAR"
    " DAYOFWEEK DAYOFWEEKISO DAYOFWEEK_ISO DY DW DOW DOY ISODOW WEEKDAY YEARDAY HOUR HOURS HH"
    " HR MINUTE MINUTES MI N SECOND SECONDS SS S MILLISECOND MILLISECONDS MS MICROSECOND"
    " MICROSECONDS MCS US NANOSECOND NS EPOCH EPOCH_SECOND DECADE CENTURY MILLENNIUM ISOYEAR"
    " YEAROFWEEK YEAROFWEEKISO YEAR_MONTH DAY_HOUR DAY_MINUTE DAY_SECOND HOUR_MINUTE"
    " HOUR_SECOND MINUTE_SECOND DATE TIME TZOFFSET TIMEZONE TIMEZONE_HOUR TIMEZONE_MINUTE"
    " JULIAN ERA".split()
)


def is_unit(word: str) -> bool:
    """Is it a part of a date, in some dialect's words? `word` is in capitals."""
    return word in _UNITS


def is_collation(name: str) -> bool:
    """Does it look like the name of a collation?"""
    return name in ("C", "POSIX") or bool(_COLLATION.fullmatch(name))
