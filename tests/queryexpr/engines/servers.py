"""The four databases that queries are run in, with the same rows in each."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts.with_postgres import postgres
from tests.queryexpr.engines.tables import DDL, ROWS
from tests.support.servers.mariadb import mariadb

Row = tuple[Any, ...]
Run = Callable[[str], list[Row]]


@contextmanager
def _sqlite() -> Iterator[Run]:
    connection = sqlite3.connect(":memory:")
    yield lambda sql: connection.execute(sql).fetchall()
    connection.close()


@contextmanager
def _duckdb() -> Iterator[Run]:
    connection = pytest.importorskip("duckdb").connect(":memory:")
    yield lambda sql: connection.execute(sql).fetchall()
    connection.close()


@contextmanager
def _postgres() -> Iterator[Run]:
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, postgres(Path(folder)) as url:
        connection = _connected(url.replace("postgres:", "postgresql:"))

        def run(sql: str) -> list[Row]:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

        yield run
        connection.close()


def _connected(url: str) -> psycopg.Connection[Any]:
    end = time.monotonic() + 20
    while True:  # it listens before it answers
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            assert time.monotonic() < end, "Postgres does not answer."
            time.sleep(0.1)


@contextmanager
def _mysql() -> Iterator[Run]:
    with mariadb("ONLY_FULL_GROUP_BY") as connection:

        def run(sql: str) -> list[Row]:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())

        yield run


_STARTS = {"sqlite": _sqlite, "duckdb": _duckdb, "postgres": _postgres, "mysql": _mysql}
ENGINES = tuple(_STARTS)
PAIRS = [(source, target) for source in ENGINES for target in ENGINES if source != target]


class Engines:
    """Databases that start when they are first asked."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._runs: dict[str, Run] = {}

    def run(self, engine: str, sql: str) -> list[Row]:
        """Return the rows of SQL, as the database gives them."""
        if engine not in self._runs:
            run = self._stack.enter_context(_STARTS[engine]())
            for statement in [*DDL.split(";"), *ROWS]:
                if statement.strip():
                    run(statement)
            self._runs[engine] = run
        return self._runs[engine](sql)
