"""The values that MySQL sends → what a result holds. All but numbers stays the server's text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymysql.constants import FIELD_TYPE as T
from pymysql.converters import encoders

_WHOLE = (T.TINY, T.SHORT, T.LONG, T.LONGLONG, T.INT24, T.YEAR)
_DECIMAL = (T.DECIMAL, T.NEWDECIMAL)
_TIMES = (T.DATE, T.NEWDATE, T.TIME, T.DATETIME, T.TIMESTAMP)
_KINDS = {
    **dict.fromkeys((*_WHOLE, *_DECIMAL, T.FLOAT, T.DOUBLE, T.BIT), "number"),
    **dict.fromkeys(_TIMES, "time"),
}


def kind_of(type_code: int) -> str:
    """Return the kind of a column: number, time or text. MySQL has no booleans."""
    return _KINDS.get(type_code, "text")


def _moment(text: str) -> str:
    return text.replace(" ", "T", 1)


def _bits(data: bytes) -> int:
    return int.from_bytes(data, "big")


CONVERTERS: dict[Any, Callable[..., Any]] = {
    **encoders,
    **dict.fromkeys(_WHOLE, int),
    **dict.fromkeys((T.FLOAT, T.DOUBLE), float),
    **dict.fromkeys((T.DATETIME, T.TIMESTAMP), _moment),
    T.BIT: _bits,
}
