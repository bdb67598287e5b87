"""A small company in SQLite and DuckDB, with nulls, dates and exact numbers in its tables."""

from __future__ import annotations

import datetime
import decimal
import sqlite3
from functools import cache
from typing import Any

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.rows.gate import Gate, Rows

DDL = """
CREATE TABLE dept (id INTEGER PRIMARY KEY, name VARCHAR(20));
CREATE TABLE emp (id INTEGER PRIMARY KEY, name VARCHAR(20), dept_id INTEGER, salary INTEGER,
  bonus DOUBLE PRECISION, pay NUMERIC(30, 10), hired DATE, seen TIMESTAMP, active BOOLEAN);
CREATE TABLE tag (id INTEGER PRIMARY KEY, word VARCHAR(20));
CREATE TABLE sale (id INTEGER PRIMARY KEY, emp_id INTEGER, amount INTEGER);
"""
_ROWS = """
INSERT INTO dept VALUES (1, 'IT'), (2, 'HR'), (3, 'Law'), (4, NULL);
INSERT INTO emp VALUES
  (1, 'Ada', 1, 100, 1.5, 12345678901234567.89, '2020-01-31', '2020-01-31 10:20:30', TRUE),
  (2, 'Bob', 2, 200, 2.5, 1.10, '2021-02-28', '2021-02-28 23:59:59', FALSE),
  (3, 'Cy', NULL, NULL, NULL, NULL, '2019-12-30', NULL, NULL),
  (4, 'dee', 1, 150, 0.25, 7.50, NULL, '2024-02-29 00:00:00', TRUE),
  (5, 'Eve', 3, 100, -1.5, -2.5, '2024-02-29', '2023-01-01 12:00:00', FALSE);
INSERT INTO tag VALUES (1, 'x'), (2, 'y'), (9, 'z'), (10, NULL);
INSERT INTO sale VALUES (1, 1, 10), (2, 1, 20), (3, 2, NULL), (4, 3, 5), (5, 99, 3);
"""


@cache
def catalogue(dialect: str) -> Catalogue:
    return read_ddl(DDL, DIALECTS[dialect])[0]


@cache
def _sqlite() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(DDL + _ROWS)
    return connection


@cache
def _duckdb() -> Any:
    connection = pytest.importorskip("duckdb").connect(":memory:")
    connection.execute(DDL + _ROWS)
    return connection


ENGINES = {"sqlite": _sqlite, "duckdb": _duckdb}


def run(engine: str, sql: str) -> Rows:
    """The rows of SQL in an engine, in an order of their own."""
    found = ENGINES[engine]().execute(sql).fetchall()
    return sorted((tuple(map(_plain, row)) for row in found), key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | decimal.Decimal):
        return round(float(value), 6)
    return str(value) if isinstance(value, datetime.date) else value


_gate = Gate(catalogue, run)
judged, written, carried = _gate.judged, _gate.written, _gate.carried


def errors(query: Any, source: str, target: str = "") -> list[str]:
    """The codes of the errors in a query that is refused."""
    judgement = judged(query, source, target)
    assert not judgement.valid, judgement.sql
    return [issue.code for issue in judgement.issues if issue.severity == "error"]
