"""The engines that run queries on worlds: databases in memory, with limits."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.duckdb import DUCKDB
from queryexpr.dialects.sqlite import SQLITE
from queryexpr.schema.catalogue import Catalogue, Table
from queryexpr.schema.render import to_ddl
from queryexpr.translate.flat import LOCKED_DUCKDB, flat
from queryexpr.worlds.layout import Layout
from queryexpr.worlds.ties import TIE_BREAK
from queryexpr.worlds.world import Row, World

STEPS = 200_000  # of SQLite's machine, for one query
CHECKS = 20  # of these steps while a query runs
MAX_ROWS = 500  # of a result
MAX_BYTES = 100_000  # of a value
Result = list[tuple[Any, ...]]


class Failed(Exception):
    """The engine does not run the query on this world, or returns too much."""


class Engine(Protocol):
    """A database with the tables of a layout."""

    name: str

    def load(self, world: World) -> None:
        """Make these the rows of all tables, in this order. Raises Failed."""

    def run(self, sql: str) -> Result:
        """Return the rows of a query. Raises Failed."""

    def columns(self, sql: str) -> tuple[str, ...]:
        """Return the names of a query's columns. Raises Failed."""

    def close(self) -> None:
        """Free it."""


def engine(dialect: Dialect, tables: Sequence[Layout], seed: int) -> Engine:
    """Return a new engine of that dialect. Raises ImportError if it is not installed."""
    return InSQLite(tables, seed) if dialect is SQLITE else InDuckDB(tables)


class InSQLite:
    """SQLite. The tables have no keys there, so that rows are found in the order of their world."""

    name = SQLITE.title

    def __init__(self, tables: Sequence[Layout], seed: int) -> None:
        self._checks = 0
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.create_function(TIE_BREAK, 0, random.Random(seed).random)  # noqa: S311
        self._inserts = {}
        for table in tables:
            self._connection.execute(_ddl(table.table, SQLITE))
            self._inserts[table.name] = _insert(table)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BYTES)
        self._connection.set_progress_handler(self._step, STEPS // CHECKS)

    def load(self, world: World) -> None:
        """See Engine."""
        self._checks = 0
        for name, insert in self._inserts.items():
            self._connection.execute(f"DELETE FROM {_quoted(name)}")  # noqa: S608
            self._connection.executemany(insert, world[name])

    def _step(self) -> bool:
        """Is the query at work too slow? SQLite asks this every few steps."""
        self._checks += 1
        return self._checks > CHECKS

    def run(self, sql: str) -> Result:
        """See Engine."""
        self._checks = 0
        try:
            cursor = self._connection.execute(sql)
            rows = cursor.fetchmany(MAX_ROWS + 1)
            cursor.close()
        except (sqlite3.Error, OverflowError) as error:
            raise Failed(str(error)) from None
        return _bounded(rows)

    def columns(self, sql: str) -> tuple[str, ...]:
        """See Engine."""
        try:
            description = self._connection.execute(sql).description
        except sqlite3.Error as error:
            raise Failed(str(error)) from None
        return tuple(column[0] for column in description)

    def close(self) -> None:
        """See Engine."""
        self._connection.close()


class InDuckDB:
    """DuckDB, which runs what cannot be translated to SQLite's dialect."""

    name = DUCKDB.title

    def __init__(self, tables: Sequence[Layout]) -> None:
        import duckdb

        self._error = duckdb.Error
        self._connection = duckdb.connect(":memory:", config=LOCKED_DUCKDB)
        self._connection.execute(f"CREATE MACRO {TIE_BREAK}() AS random()")
        self._connection.execute("SET lock_configuration = true")
        self._inserts = {}
        for table in tables:
            self._connection.execute(_ddl(table.table, DUCKDB))
            self._inserts[table.name] = _insert(table)

    def load(self, world: World) -> None:
        """See Engine."""
        self._connection.execute("BEGIN")
        try:
            for name, insert in self._inserts.items():
                self._connection.execute(f"DELETE FROM {_quoted(name)}")  # noqa: S608
                self._fill(insert, world[name])
        except self._error as error:  # a value that a column's type does not take
            self._connection.execute("ROLLBACK")
            raise Failed(str(error).partition("\n")[0]) from None
        self._connection.execute("COMMIT")

    def _fill(self, insert: str, rows: list[Row]) -> None:
        if rows:
            more = f", ({_marks(len(rows[0]))})" * (len(rows) - 1)
            self._connection.execute(insert + more, [value for row in rows for value in row])

    def run(self, sql: str) -> Result:
        """See Engine."""
        try:
            rows: Result = self._connection.execute(sql).fetchmany(MAX_ROWS + 1)
        except (self._error, RuntimeError) as error:
            raise Failed(str(error).partition("\n")[0]) from None
        return _bounded(rows)

    def columns(self, sql: str) -> tuple[str, ...]:
        """See Engine."""
        try:
            description = self._connection.execute(sql).description
        except (self._error, RuntimeError) as error:
            raise Failed(str(error).partition("\n")[0]) from None
        return tuple(column[0] for column in description)

    def close(self) -> None:
        """See Engine."""
        self._connection.close()


def _bounded(rows: Result) -> Result:
    if len(rows) > MAX_ROWS:
        raise Failed(f"It returns over {MAX_ROWS} rows.")
    return rows


def _ddl(table: Table, dialect: Dialect) -> str:
    columns = tuple(replace(c, primary_key=False, nullable=True) for c in table.columns)
    return to_ddl(Catalogue((replace(flat(table), columns=columns),)), dialect)


def _insert(table: Layout) -> str:
    return f"INSERT INTO {_quoted(table.name)} VALUES ({_marks(len(table.columns))})"  # noqa: S608


def _marks(number: int) -> str:
    return ", ".join("?" * number)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
