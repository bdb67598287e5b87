"""Are these the rows that a question asks for? As a person would say who reads both."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any

DIGITS = 4
MAX_COLUMNS = 4  # of an answer that may have them in another order
Row = tuple[Any, ...]


def is_right(file: Path, wanted: str, sql: str) -> bool:
    """Does `sql` return the rows of `wanted`? Columns may be in another order, rows too."""
    expected, rows = _run(file, wanted), _run(file, sql)
    assert expected is not None, wanted
    if rows is None or len(rows) != len(expected) or not rows:
        return rows == expected
    if len(rows[0]) != len(expected[0]) or len(rows[0]) > MAX_COLUMNS:
        return False
    orders = permutations(range(len(rows[0])))
    return any(
        Counter(tuple(row[at] for at in order) for row in rows) == Counter(expected)
        for order in orders
    )


def _run(file: Path, sql: str) -> list[Row] | None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        try:
            return [tuple(map(_comparable, row)) for row in database.execute(sql)]
        except sqlite3.Error:
            return None


def _comparable(value: Any) -> Any:
    """Return numbers rounded, also those that are written as a text."""
    try:
        return round(float(value), DIGITS)
    except (TypeError, ValueError):
        return value
