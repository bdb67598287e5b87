"""The values that DuckDB returns → what a result holds."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

_NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
)  # fmt: skip
_TIMES = ("DATE", "TIME", "TIMESTAMP")
_INFINITE = {date.max: "infinity", date.min: "-infinity", datetime.max: "infinity"}


def kind_of(type_name: str) -> str:
    """Return the kind of a column of a type: number, time, boolean or text."""
    word = type_name.partition("(")[0].partition(" ")[0]
    if type_name.endswith("]"):
        return "text"
    if word in _NUMBERS:
        return "number"
    return "boolean" if word == "BOOLEAN" else "time" if word.startswith(_TIMES) else "text"


def plain(value: Any) -> Any:
    """Return a value whose text is what people read: ISO's times, JSON for lists and structs."""
    if isinstance(value, date):
        return _INFINITE.get(value) or value.isoformat()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=_inner)
    return value


def _inner(value: Any) -> Any:
    if isinstance(value, Decimal | timedelta | bytes):
        return str(value)
    return str(plain(value))
