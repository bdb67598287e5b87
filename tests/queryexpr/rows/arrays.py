"""A table with arrays, records and JSON, in DuckDB, Postgres and SQLite, and as BigQuery has it."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.rows.gate import Gate, Rows

SCHEMAS = {
    "duckdb": """CREATE TABLE shop (id INTEGER, name VARCHAR, tags VARCHAR[], counts INTEGER[],
        place STRUCT(city VARCHAR, zip INTEGER), parts STRUCT(sku VARCHAR, n INTEGER)[]);
        CREATE TABLE word (word VARCHAR);""",
    "bigquery": """CREATE TABLE shop (id INT64, name STRING, tags ARRAY<STRING>,
        counts ARRAY<INT64>, place STRUCT<city STRING, zip INT64>,
        parts ARRAY<STRUCT<sku STRING, n INT64>>);
        CREATE TABLE word (word STRING);""",
    "postgres": """CREATE TABLE shop (id INTEGER, name TEXT, tags TEXT[], counts INTEGER[]);
        CREATE TABLE word (word TEXT);""",
    "snowflake": """CREATE TABLE shop (id INTEGER, name VARCHAR, tags ARRAY, v VARIANT);
        CREATE TABLE word (word VARCHAR);""",
    "sqlite": """CREATE TABLE shop (id INTEGER, name TEXT, tags TEXT);
        CREATE TABLE word (word TEXT);""",
}
_ROWS = {
    "duckdb": """INSERT INTO shop VALUES
        (1, 'Ann', ['a', 'b'], [3, 1, 2], {city: 'Ulm', zip: 7}, [{sku: 'x', n: 2}, {sku: 'y', n: 3}]),
        (2, 'Bob', [], [5], {city: NULL, zip: 8}, []), (3, 'Cy', NULL, NULL, NULL, NULL),
        (4, 'Di', ['b', NULL], [4, 4], {city: 'Rom', zip: NULL}, [{sku: 'x', n: NULL}]);
        INSERT INTO word VALUES ('a'), ('c');""",
    "postgres": """INSERT INTO shop VALUES (1, 'Ann', '{a,b}', '{3,1,2}'), (2, 'Bob', '{}', '{5}'),
        (3, 'Cy', NULL, NULL), (4, 'Di', '{b,NULL}', '{4,4}');
        INSERT INTO word VALUES ('a'), ('c');""",
    "sqlite": """INSERT INTO shop VALUES (1, 'Ann', '["a","b"]'), (2, 'Bob', '[]'), (3, 'Cy', NULL),
        (4, 'Di', '["b",null]');
        INSERT INTO word VALUES ('a'), ('c');""",
}


@cache
def catalogue(dialect: str) -> Catalogue:
    return read_ddl(SCHEMAS[dialect], DIALECTS[dialect])[0]


@cache
def _duckdb() -> Any:
    connection = pytest.importorskip("duckdb").connect(":memory:")
    connection.execute(SCHEMAS["duckdb"] + _ROWS["duckdb"])
    return connection


@cache
def _sqlite() -> Any:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMAS["sqlite"] + _ROWS["sqlite"])
    return connection


ENGINES: dict[str, Any] = {"duckdb": _duckdb, "sqlite": _sqlite}


@contextmanager
def with_postgres() -> Iterator[None]:
    """Run a Postgres server with the table, which `run` then knows."""
    from scripts.with_postgres import postgres

    with (
        tempfile.TemporaryDirectory(prefix="postgres-") as folder,
        postgres(Path(folder)) as url,
        _connected(url) as connection,
    ):
        connection.execute(SCHEMAS["postgres"] + _ROWS["postgres"])
        ENGINES["postgres"] = lambda: connection
        yield


def _connected(url: str) -> Any:
    """A connection to a server that is starting."""
    import psycopg

    for _ in range(300):
        with suppress(psycopg.OperationalError):
            return psycopg.connect(url, autocommit=True)
        time.sleep(0.1)
    return psycopg.connect(url, autocommit=True)


def run(engine: str, sql: str) -> Rows:
    """The rows of SQL in an engine, in an order of their own."""
    return sorted(map(tuple, ENGINES[engine]().execute(sql).fetchall()), key=repr)


_gate = Gate(catalogue, run)
judged, written, carried = _gate.judged, _gate.written, _gate.carried


def errors(query: Any, source: str, target: str = "") -> list[tuple[str, str]]:
    """The codes and messages of the errors in a query that is refused."""
    judgement = judged(query, source, target)
    assert not judgement.valid, judgement.sql
    return [(issue.code, issue.message) for issue in judgement.issues if issue.severity == "error"]
