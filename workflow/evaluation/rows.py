"""Do two queries return the same rows on real SQLite?"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from itertools import permutations
from typing import Any

from workflow.evaluation.questions import Data

MAX_STEPS = 1_000  # of MAX_STEPS instructions each; a query that takes longer has no rows
MAX_COLUMNS = 6  # that may be in another order
Row = tuple[Any, ...]


def same_rows(data: Data, expected: str, sql: str, *, ordered: bool) -> bool:
    """Do both return the same rows? Columns may be in another order, and have other names."""
    wanted, rows = run(data, expected), run(data, sql)
    if wanted is None or rows is None or len(wanted) != len(rows):
        return False
    width = len(wanted[0]) if wanted else 0
    if rows and len(rows[0]) != width:
        return False
    orders = permutations(range(width)) if width <= MAX_COLUMNS else [tuple(range(width))]
    reordered = ([tuple(row[at] for at in order) for row in rows] for order in orders)
    return any(
        found == wanted if ordered else Counter(found) == Counter(wanted) for found in reordered
    )


def run(data: Data, sql: str) -> list[Row] | None:
    """Return the rows of a query, with rounded numbers; None if SQLite refuses it."""
    steps = iter(range(MAX_STEPS))
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(data.ddl + data.rows)
        database.set_progress_handler(lambda: next(steps, -1) < 0, MAX_STEPS)
        try:
            return [tuple(map(_rounded, row)) for row in database.execute(sql)]
        except sqlite3.Error:
            return None


def _rounded(value: Any) -> Any:
    return round(float(value), 4) if isinstance(value, int | float) else value
