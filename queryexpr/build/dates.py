"""Portable functions of dates and times, for the dialects where sqlglot has no words for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.expression import Function, Interval

_STRFTIME = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S",
             "weekday": "%w", "yearday": "%j", "week": "%W", "epoch": "%s"}  # fmt: skip
_SQLITE_START = {
    "year": ["start of year"], "month": ["start of month"], "day": [],
    "week": ["-6 days", "weekday 1"],
}  # fmt: skip
_SHIFTS = ("year", "month", "day", "hour", "minute", "second")
_WORDS = {"weekday": "DOW", "yearday": "DOY"}
_SUNDAY = "1900-01-07"


def call(name: str, *args: exp.Expr | str) -> exp.Anonymous:
    """Return a call; a str is a literal."""
    written = [exp.convert(arg) if isinstance(arg, str) else arg for arg in args]
    return exp.Anonymous(this=name, expressions=written)


def current_date(builder: Builder, node: Function) -> exp.Expr:
    if builder.dialect.name == "tsql":
        return exp.cast(call("GETDATE"), "date")
    return exp.CurrentDate()


def current_timestamp(builder: Builder, node: Function) -> exp.Expr:
    return exp.CurrentTimestamp()


def date(builder: Builder, node: Function) -> exp.Expr:
    value = builder.value(node.args[0])
    return call("DATE", value) if builder.is_sqlite else exp.cast(value, "date")


def extract(builder: Builder, node: Function) -> exp.Expr:
    unit, value = node.unit or "year", builder.value(node.args[0])
    return _EXTRACT.get(builder.dialect.name, _extract)(builder, unit, value)


def _extract(builder: Builder, unit: str, value: exp.Expr) -> exp.Expr:
    return exp.Extract(this=exp.var(_WORDS.get(unit, unit.upper())), expression=value)


def _extract_sqlite(builder: Builder, unit: str, value: exp.Expr) -> exp.Expr:
    if unit == "quarter":
        month = exp.Add(this=_extract_sqlite(builder, "month", value), expression=_number(2))
        third = exp.Div(this=_paren(month), expression=_number(3), typed=True, safe=True)
        return _paren(third)
    if unit not in _STRFTIME:
        raise builder.lacks(f"part {unit!r} of a date")
    return exp.cast(call("STRFTIME", _STRFTIME[unit], value), "int")


def _extract_mysql(builder: Builder, unit: str, value: exp.Expr) -> exp.Expr:
    if unit == "weekday":
        return _paren(exp.Sub(this=call("DAYOFWEEK", value), expression=_number(1)))
    return call("DAYOFYEAR", value) if unit == "yearday" else _extract(builder, unit, value)


def _extract_tsql(builder: Builder, unit: str, value: exp.Expr) -> exp.Expr:
    if unit == "weekday":  # DATEPART depends on the session's first day of the week
        days = call("DATEDIFF", exp.var("DAY"), _SUNDAY, value)
        return _paren(exp.Mod(this=days, expression=_number(7)))
    word = {"yearday": "DAYOFYEAR", "isoweek": "ISO_WEEK"}.get(unit, unit.upper())
    return call("DATEPART", exp.var(word), value)


def _extract_bigquery(builder: Builder, unit: str, value: exp.Expr) -> exp.Expr:
    if unit == "weekday":
        day = exp.Extract(this=exp.var("DAYOFWEEK"), expression=value)
        return _paren(exp.Sub(this=day, expression=_number(1)))
    return exp.Extract(
        this=exp.var({"yearday": "DAYOFYEAR"}.get(unit, unit.upper())), expression=value
    )


def _extract_oracle(builder: Builder, unit: str, value: exp.Expr) -> exp.Expr:
    if unit in _SHIFTS:
        return _extract(builder, unit, value)
    words = {"quarter": "Q", "yearday": "DDD", "isoweek": "IW", "week": "WW"}
    if unit not in words:
        raise builder.lacks(f"part {unit!r} of a date")
    return exp.cast(call("TO_CHAR", value, words[unit]), "int")


_EXTRACT: dict[str, Callable[[Builder, str, exp.Expr], exp.Expr]] = {
    "sqlite": _extract_sqlite, "mysql": _extract_mysql, "tsql": _extract_tsql,
    "bigquery": _extract_bigquery, "oracle": _extract_oracle,
}  # fmt: skip


def date_trunc(builder: Builder, node: Function) -> exp.Expr:
    unit, value, name = node.unit or "day", builder.value(node.args[0]), builder.dialect.name
    if name == "sqlite":
        if unit not in _SQLITE_START:
            raise builder.lacks(f"rounding of dates down to the {unit}")
        return call("DATE", value, *_SQLITE_START[unit])
    if name in ("bigquery", "oracle"):
        word = exp.var(unit.upper()) if name == "bigquery" else exp.convert(unit.upper())
        return call("DATE_TRUNC" if name == "bigquery" else "TRUNC", value, word)
    return exp.TimestampTrunc(this=value, unit=exp.var(unit.upper()))


def date_add(builder: Builder, node: Function) -> exp.Expr:
    interval = Interval(interval=node.args[1], unit=node.unit or "day")
    return add_interval(builder, builder.value(node.args[0]), interval, 1)


def add_interval(builder: Builder, value: exp.Expr, interval: Interval, sign: int) -> exp.Expr:
    """Return `value` plus or minus a length of time."""
    unit, amount = interval.unit, interval.interval
    months = {"quarter": 3, "week": 7}.get(unit)
    if months and isinstance(amount, int):
        amount, unit = amount * months, "month" if unit == "quarter" else "day"
    if unit not in _SHIFTS:
        raise builder.lacks(f"adding of a {unit} to a date")
    number = builder.value(amount * sign if isinstance(amount, int) else amount)
    if sign < 0 and not isinstance(amount, int):
        number = exp.Neg(this=_paren(number))
    return _ADD.get(builder.dialect.name, _add)(value, number, unit)


def _add(value: exp.Expr, number: exp.Expr, unit: str) -> exp.Expr:
    """`value + number * INTERVAL '1 unit'`, in Postgres and its relatives."""
    one = exp.Interval(this=exp.Literal.string("1"), unit=exp.var(unit.upper()))
    literal = number.this if isinstance(number, exp.Neg) else number
    if not isinstance(literal, exp.Literal):
        return _paren(exp.Add(this=value, expression=exp.Mul(this=_paren(number), expression=one)))
    kind = exp.Sub if isinstance(number, exp.Neg) else exp.Add
    length = exp.Interval(this=exp.Literal.string(str(literal.this)), unit=exp.var(unit.upper()))
    return _paren(kind(this=value, expression=length))


def _add_sqlite(value: exp.Expr, number: exp.Expr, unit: str) -> exp.Expr:
    words: exp.Expr = exp.DPipe(this=_paren(number), expression=exp.Literal.string(f" {unit}s"))
    literal = number.this if isinstance(number, exp.Neg) else number
    if isinstance(literal, exp.Literal):
        sign = "-" if isinstance(number, exp.Neg) else "+"
        words = exp.Literal.string(f"{sign}{literal.this} {unit}s")
    return call("DATE" if unit in ("year", "month", "day") else "DATETIME", value, words)


def _add_call(value: exp.Expr, number: exp.Expr, unit: str) -> exp.Expr:
    return call("DATEADD", exp.var(unit.upper()), number, value)


def _add_interval(value: exp.Expr, number: exp.Expr, unit: str) -> exp.Expr:
    return exp.DateAdd(this=value, expression=number, unit=exp.var(unit.upper()))


def _add_oracle(value: exp.Expr, number: exp.Expr, unit: str) -> exp.Expr:
    if unit in ("year", "month"):
        months = exp.Mul(this=_paren(number), expression=_number(12)) if unit == "year" else number
        return call("ADD_MONTHS", value, months)
    return _paren(exp.Add(this=value, expression=call("NUMTODSINTERVAL", number, unit.upper())))


_ADD: dict[str, Callable[[exp.Expr, exp.Expr, str], exp.Expr]] = {
    "sqlite": _add_sqlite, "tsql": _add_call, "snowflake": _add_call, "mysql": _add_interval,
    "bigquery": _add_interval, "oracle": _add_oracle,
}  # fmt: skip


def date_diff(builder: Builder, node: Function) -> exp.Expr:
    """Return how many boundaries of `unit` lie between: a change of year is a year."""
    unit, (late, early) = node.unit or "day", node.args
    if unit == "year":
        return _minus(builder, _years(late), _years(early))
    if unit == "month":
        return _minus(builder, _months(builder, late), _months(builder, early))
    if unit != "day":
        raise builder.lacks(f"difference of dates in {unit}s")
    return _DAYS.get(builder.dialect.name, _days)(builder.value(late), builder.value(early))


def _years(value: Any) -> Function:
    return Function(fn="extract", unit="year", args=(value,))


def _months(builder: Builder, value: Any) -> exp.Expr:
    year = builder.value(_years(value))
    month = builder.value(Function(fn="extract", unit="month", args=(value,)))
    return exp.Add(this=exp.Mul(this=year, expression=_number(12)), expression=month)


def _minus(builder: Builder, late: Any, early: Any) -> exp.Expr:
    written = [x if isinstance(x, exp.Expr) else builder.value(x) for x in (late, early)]
    return _paren(exp.Sub(this=written[0], expression=_paren(written[1])))


def _days(late: exp.Expr, early: exp.Expr) -> exp.Expr:
    """Two dates, subtracted: days in Postgres and Oracle."""
    return _paren(exp.Sub(this=exp.cast(late, "date"), expression=exp.cast(early, "date")))


def _days_sqlite(late: exp.Expr, early: exp.Expr) -> exp.Expr:
    numbers = [call("JULIANDAY", call("DATE", value)) for value in (late, early)]
    return exp.cast(exp.Sub(this=numbers[0], expression=numbers[1]), "int")


def _days_call(late: exp.Expr, early: exp.Expr) -> exp.Expr:
    return call("DATEDIFF", exp.var("DAY"), early, late)


_DAYS: dict[str, Callable[[exp.Expr, exp.Expr], exp.Expr]] = {
    "sqlite": _days_sqlite, "tsql": _days_call, "snowflake": _days_call,
    "mysql": lambda late, early: call("DATEDIFF", late, early),
    "bigquery": lambda late, early: call(
        "DATE_DIFF", exp.cast(late, "date"), exp.cast(early, "date"), exp.var("DAY")),
}  # fmt: skip


def _paren(value: exp.Expr) -> exp.Expr:
    return exp.Paren(this=value) if isinstance(value, exp.Binary) else value


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


DATES: dict[str, Writing] = {
    "current_date": current_date, "current_timestamp": current_timestamp, "date": date,
    "extract": extract, "date_trunc": date_trunc, "date_add": date_add, "date_diff": date_diff,
}  # fmt: skip
