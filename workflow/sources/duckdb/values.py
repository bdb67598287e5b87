"""The values that DuckDB returns → what a result holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

_NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
)  # fmt: skip
_TIMES = ("DATE", "TIME", "TIMESTAMP")
_MOMENT = r"regexp_replace({}, '^(\d{{4,}}-\d\d-\d\d) (\d)', '\1T\2')"  # in ISO's form


def kind_of(type_name: str) -> str:
    """Return the kind of a column of a type: number, time, boolean or text."""
    word = type_name.partition("(")[0].partition(" ")[0]
    if type_name.endswith("]"):
        return "text"
    if word in _NUMBERS:
        return "number"
    return "boolean" if word == "BOOLEAN" else "time" if word.startswith(_TIMES) else "text"


def as_written(sql: str, types: Sequence[str]) -> str:
    """Return a query whose times and intervals are the texts that DuckDB writes.

    In Python, 9999-12-31 is the same as infinity, a month is 30 days, and nanoseconds are lost.
    """
    if not any(_is_time(name) for name in types):
        return sql
    names = [f"c{at}" for at in range(len(types))]
    columns = [_column(name, kind) for name, kind in zip(names, types, strict=True)]
    return f"SELECT {', '.join(columns)} FROM ({sql}\n) AS q ({', '.join(names)})"  # noqa: S608 — it is checked


def _column(name: str, type_name: str) -> str:
    if not _is_time(type_name):
        return name
    text = f"CAST({name} AS VARCHAR)"
    return _MOMENT.format(text) if type_name.startswith("TIMESTAMP") else text


def _is_time(type_name: str) -> bool:
    return type_name.startswith((*_TIMES, "INTERVAL")) and not type_name.endswith("]")


def plain(value: Any) -> Any:
    """Return a value whose text is what people read: JSON for lists and structs."""
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=_inner)
    return value


def _inner(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
