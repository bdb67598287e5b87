"""Rows of different databases, made comparable."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Iterable
from typing import Any

from tests.queryexpr.engines.servers import Row


def plain(rows: Iterable[Row], *, ordered: bool = False) -> list[Row]:
    """Return rows with values of a few types, sorted unless their order matters."""
    changed = [tuple(map(_plain, row)) for row in rows]
    return changed if ordered else sorted(changed, key=_key)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return str(value.replace(microsecond=0, tzinfo=None)).removesuffix(" 00:00:00")
    if isinstance(value, str):  # as times are in SQLite
        return value.removesuffix(" 00:00:00")
    return str(value) if isinstance(value, datetime.date) else value


def _key(row: Row) -> tuple[list[tuple[str, Any]], ...]:
    """Return what rows are sorted by: numbers that differ a little are nearly the same, or not."""
    return tuple(
        [(type(v).__name__, number(v) if isinstance(v, float) else str(v)) for v in row]
        for number in (_rounded, float)
    )


def _rounded(value: float) -> float:
    return round(value, 2) + 0.0 if math.isfinite(value) else 0.0


def is_finite(rows: Iterable[Row]) -> bool:
    """Are all numbers finite? DuckDB divides by zero, where others have null or an error."""
    return all(math.isfinite(v) for row in plain(rows) for v in row if isinstance(v, float))


def equal(ours: list[Row], theirs: list[Row], tolerance: float = 1e-9) -> bool:
    """Are the rows the same? Numbers may differ by `tolerance`, of their size."""
    return len(ours) == len(theirs) and all(
        len(one) == len(other)
        and all(_same(a, b, tolerance) for a, b in zip(one, other, strict=True))
        for one, other in zip(ours, theirs, strict=True)
    )


def _same(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) or (a != a and b != b)
    return bool(a == b)
