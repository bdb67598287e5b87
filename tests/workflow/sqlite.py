"""A SQLite file as a data source."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.sources.asking import source
from workflow.sources.source import Source

TABLES = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, "Full name" TEXT NOT NULL, born DATE);
CREATE TABLE invoice (
  number INTEGER, line INTEGER, customer INTEGER REFERENCES Customer, clerk REFERENCES staff (id),
  total NUMERIC(10, 2), grade TEXT CHECK (grade IN ('a', 'b')), twice AS (total * 2), PRIMARY KEY (number, line));
CREATE TABLE staff (id INTEGER PRIMARY KEY, salary INTEGER, name TEXT);
CREATE TABLE hidden (x);
CREATE VIEW payroll AS SELECT id, salary / 12 AS monthly FROM staff WHERE id > 1;
INSERT INTO customer VALUES (1, 'Ann', '1980-02-03'), (2, 'Bob', NULL);
INSERT INTO invoice (number, line, customer, total) VALUES (1, 1, 1, 10.5), (1, 2, 2, 5);
INSERT INTO staff VALUES (1, 90000, 'Cid'), (2, 120000, 'Dan');
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sales 100%?#.db"
    database = sqlite3.connect(path)
    database.executescript(TABLES)
    database.close()
    return path


@pytest.fixture
def sales(file: Path) -> Source:
    return on(file, "customer", "invoice", "payroll")


def on(path: Path, *tables: str, **fields: Any) -> Source:
    quoted = str(path).replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    return source(f"sqlite:///{quoted}", *tables, **fields)
