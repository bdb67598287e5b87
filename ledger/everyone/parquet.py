"""What the page of all people's usage shows, as Parquet. DuckDB writes it, if it is installed."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.everyone.export import COLUMNS, lines_of

if TYPE_CHECKING:
    from ledger.everyone.report import Report

BATCH = 200  # lines: one by one, each takes milliseconds


def is_available() -> bool:
    """Is DuckDB installed?"""
    return find_spec("duckdb") is not None


def to_parquet(report: Report) -> bytes:
    """Return the lines of the CSV with types: days, whole numbers, decimals of 12 places."""
    import duckdb

    first, last = report.query.period
    lines = [
        (first, last, name, *counts, cost, currency)
        for name, counts, cost, currency in lines_of(report)
    ]
    counts = ", ".join(f'"{name}" BIGINT' for name in COLUMNS)
    marks = f"({', '.join('?' * (len(COLUMNS) + 5))})"
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
        file = Path(folder) / "usage.parquet"
        database.execute(
            f'CREATE TABLE usage ("from" DATE, until DATE, "{report.query.by}" VARCHAR, {counts},'
            " cost DECIMAL(38, 12), currency VARCHAR)"
        )
        for start in range(0, len(lines), BATCH):
            some = lines[start : start + BATCH]
            rows = ", ".join([marks] * len(some))
            database.execute(f"INSERT INTO usage VALUES {rows}", list(chain(*some)))  # noqa: S608
        database.execute(f"COPY usage TO '{file}' (FORMAT parquet)")
        return file.read_bytes()
