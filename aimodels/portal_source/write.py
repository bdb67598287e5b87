"""Writes a copy of the portal's data: a new file, which takes the place of the last one at once."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

Rows = Iterable[tuple[object, ...]]


def write(path: Path, statements: str, tables: Mapping[str, Rows]) -> None:
    """Write a SQLite file with the rows of `tables`, which `statements` create."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(new)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")  # one that a power cut breaks is written again
        file.executescript(statements)
        for name, rows in tables.items():
            _fill(file, name, rows)
        file.commit()
    os.replace(new, path)


def _fill(file: sqlite3.Connection, name: str, rows: Rows) -> None:
    """Insert rows, whose values are in the order of the table's columns."""
    count = len(file.execute(f"PRAGMA table_info({name})").fetchall())
    marks = ", ".join("?" * count)
    file.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 — our own name
