"""
Codes in formats of dates, such as %Y or YYYY, and what each means.

A code that a table does not have is refused in translations: what it means is not known, or no
other dialect has it. A value that begins with % is a format that the code is short for. Of two
codes with one meaning, the first is written. A code without a meaning is known, but not translated.
"""

from __future__ import annotations

Codes = dict[str, str]

# Of SQLite, in all its versions; others share them.
PLAIN: Codes = {
    "%Y": "year", "%m": "month 01", "%d": "day 01", "%H": "hour 00", "%M": "minute",
    "%S": "second", "%j": "day of year 001", "%w": "weekday from Sunday, 0",
}  # fmt: skip
_NAMES: Codes = {
    "%y": "year of two digits", "%B": "month name", "%b": "short month name",
    "%A": "weekday name", "%a": "short weekday name", "%I": "hour 01 to 12", "%p": "AM or PM",
}  # fmt: skip
_UNPADDED: Codes = {
    "%-m": "month", "%-d": "day", "%-H": "hour", "%-I": "hour 1 to 12", "%-j": "day of year",
    "%-M": "minute without 0", "%-S": "second without 0",
}  # fmt: skip
_ISO: Codes = {"%G": "ISO year", "%V": "ISO week 01", "%u": "weekday from Monday, 1"}
C: Codes = PLAIN | _NAMES | _ISO
DUCKDB: Codes = C | _UNPADDED | {"%f": "microsecond", "%g": "millisecond"}
MYSQL: Codes = {
    "%Y": "year", "%y": "year of two digits", "%m": "month 01", "%c": "month", "%M": "month name",
    "%b": "short month name", "%d": "day 01", "%e": "day", "%W": "weekday name",
    "%a": "short weekday name", "%H": "hour 00", "%k": "hour", "%h": "hour 01 to 12",
    "%I": "hour 01 to 12", "%l": "hour 1 to 12", "%i": "minute", "%s": "second", "%S": "second",
    "%f": "microsecond", "%p": "AM or PM", "%j": "day of year 001",
    "%w": "weekday from Sunday, 0", "%x": "ISO year", "%v": "ISO week 01",
    "%T": "%H:%i:%s", "%r": "%h:%i:%s %p",
}  # fmt: skip

_CAPITALS: Codes = {
    "YYYY": "year", "YY": "year of two digits", "MM": "month 01", "DD": "day 01",
    "HH24": "hour 00", "HH12": "hour 01 to 12", "MI": "minute", "SS": "second",
    "AM": "AM or PM", "PM": "AM or PM",
}  # fmt: skip
_LETTERS: Codes = _CAPITALS | {
    "HH": "hour 01 to 12", "DDD": "day of year 001", "IYYY": "ISO year", "IW": "ISO week 01",
}  # fmt: skip
_SHORT: Codes = {
    "Mon": "short month name", "Dy": "short weekday name", "MON": "short month NAME",
    "DY": "short weekday NAME", "mon": "short month name in small letters",
    "dy": "short weekday name in small letters", "SSSS": "", "SSSSS": "",
}  # fmt: skip


def _small(codes: Codes) -> Codes:
    """Return codes that may be written in small letters, too, but for AM, which is then am."""
    return codes | {code.lower(): means for code, means in codes.items() if means != "AM or PM"}


POSTGRES: Codes = _small(_LETTERS | {
    "FMMM": "month", "FMDD": "day", "FMHH24": "hour", "FMHH12": "hour 1 to 12",
    "FMDDD": "day of year", "FMMI": "minute without 0", "FMSS": "second without 0",
    "FMYYYY": "year", "ID": "weekday from Monday, 1", "US": "microsecond", "MS": "millisecond",
    "Q": "quarter", "IDDD": "", "SSSS": "", "SSSSS": "",
}) | _SHORT | {
    "FMMonth": "month name", "FMDay": "weekday name",
    "FMMon": "short month name", "FMDy": "short weekday name",
    "am": "am or pm", "pm": "am or pm",
}  # fmt: skip
ORACLE: Codes = _small(_LETTERS | {"Q": "quarter", "SSSSS": ""}) | _SHORT
SNOWFLAKE: Codes = _small(_CAPITALS | {"MMMM": "month name"}) | {
    word: means
    for short, means in (("MON", "short month name"), ("DY", "short weekday name"))
    for word in (short, short.lower(), short.title())
}
NET: Codes = {
    "yyyy": "year", "yy": "year of two digits", "MM": "month 01", "MMM": "short month name",
    "MMMM": "month name", "dd": "day 01", "ddd": "short weekday name", "dddd": "weekday name",
    "HH": "hour 00", "hh": "hour 01 to 12", "mm": "minute", "ss": "second", "tt": "AM or PM",
}  # fmt: skip

_TABLES = (POSTGRES, ORACLE, SNOWFLAKE, NET, MYSQL, DUCKDB)
MEANINGS = tuple(sorted({means for table in _TABLES for means in table.values() if means}))
