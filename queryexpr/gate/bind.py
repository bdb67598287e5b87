"""
The last check: does a real engine take the query, on a database without a row?

The database is in memory and made of our own CREATE TABLE statements, which have neither defaults,
checks nor generated columns. The query is only prepared, never run, and SQLite asks an authorizer
about each thing that it would do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.duckdb import DUCKDB
from queryexpr.dialects.sqlite import SQLITE
from queryexpr.expression import QueryExpression
from queryexpr.gate.types import stand_ins
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue, Column, Table
from queryexpr.schema.render import to_ddl
from queryexpr.translate.compile import compile_sql
from queryexpr.translate.flat import LOCKED_DUCKDB, flat, flat_sql

Binding = tuple[str, tuple[Issue, ...]]  # the engine, and what it says
STEPS = 100_000  # of SQLite's machine; preparing a query takes none
_READS = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
}  # fmt: skip


def bind(expression: QueryExpression, dialect: Dialect, catalogue: Catalogue) -> Binding:
    """Return which engine looked at the query, empty if none could, and what it says.

    Where the engine is a stand-in, as DuckDB often is, what it refuses is a warning.
    """
    return _ENGINES[dialect.engine](expression, dialect, catalogue)


def _in_sqlite(expression: QueryExpression, dialect: Dialect, catalogue: Catalogue) -> Binding:
    sql = flat_sql(expression, SQLITE, catalogue)
    try:
        _sqlite(catalogue).connection.execute(f"EXPLAIN {sql}").close()
    except sqlite3.Error as error:
        return SQLITE.name, (Issue("bind", f"SQLite rejects it: {error}."),)
    return SQLITE.name, ()


class _SQLite:
    """An empty database. It closes when the cache drops it: Python 3.13 warns if it stays open."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)

    def __del__(self) -> None:
        self.connection.close()


@lru_cache(maxsize=64)
def _sqlite(catalogue: Catalogue) -> _SQLite:
    """Return an empty database with the tables of `catalogue`, which can only be read."""
    database = _SQLite()
    connection = database.connection
    for table in catalogue.tables:
        try:
            connection.execute(to_ddl(Catalogue((flat(table),)), SQLITE))
        except sqlite3.Error:
            continue  # such as sqlite_sequence: only queries that name it are refused
    connection.execute("EXPLAIN SELECT 1 FROM json_each('[]')").close()  # it makes a table once
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(lambda: 1, STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    return database


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


# ── DuckDB ──────────────────────────────────────────────────────────────────────────────────


def _in_duckdb(expression: QueryExpression, dialect: Dialect, catalogue: Catalogue) -> Binding:
    try:
        import duckdb
    except ImportError:
        return "", ()
    try:
        sql = compile_sql(expression, DUCKDB, catalogue)
        _duckdb(catalogue).execute(f"EXPLAIN {sql}")
    except Refused:
        return "", ()  # DuckDB cannot express it, so it cannot judge it
    except RuntimeError:  # a fault of DuckDB's own, such as std::bad_cast
        return "", ()
    except duckdb.Error as error:
        return DUCKDB.name, (_judged(str(error), dialect),)
    return DUCKDB.name, ()


def _judged(error: str, dialect: Dialect) -> Issue:
    reason = error.partition("\n")[0][:300]
    if not dialect.stand_in:
        return Issue("bind", f"DuckDB rejects it: {reason}")
    message = f"DuckDB, which is used here in place of {dialect.title}, rejects it: {reason}"
    return Issue("bind", message, severity="warning")


@lru_cache(maxsize=8)
def _duckdb(catalogue: Catalogue) -> Any:
    import duckdb

    connection = duckdb.connect(":memory:", config=LOCKED_DUCKDB)
    for place in sorted({table.path[:2] for table in catalogue.tables}):
        _make_schema(connection, *place)
    types: dict[str, str] = {}
    for table in catalogue.tables:
        bare = replace(table, foreign_keys=(), comment="")
        try:
            connection.execute(to_ddl(Catalogue((bare,)), DUCKDB))
        except duckdb.Error:  # a type that it does not know
            known = tuple(_known(connection, bare, column, types) for column in table.columns)
            with suppress(duckdb.Error):  # only queries that name it are refused
                connection.execute(to_ddl(Catalogue((replace(bare, columns=known),)), DUCKDB))
    connection.execute("PRAGMA disable_optimizer")  # which computes constants, of any size
    connection.execute("SET lock_configuration = true")
    return connection


def _known(connection: Any, table: Table, column: Column, types: dict[str, str]) -> Column:
    """Return the column with its type, or the closest one that DuckDB knows. `types` has them."""
    if column.type not in types:
        columns = (replace(column, primary_key=False, type=kind) for kind in stand_ins(column.type))
        taken = (c.type for c in columns if _takes(connection, replace(table, columns=(c,))))
        types[column.type] = next(taken, "TEXT")
    return replace(column, primary_key=False, type=types[column.type])


def _takes(connection: Any, table: Table) -> bool:
    probe = replace(table, name="probe__", schema="", database="")
    try:
        connection.execute(to_ddl(Catalogue((probe,)), DUCKDB))
        connection.execute("DROP TABLE probe__")
    except Exception:
        return False
    return True


def _make_schema(connection: Any, database: str, schema: str) -> None:
    named = ".".join(_quoted(name) for name in (database, schema) if name)
    with suppress(Exception):  # it is there, or only queries that name it are refused
        if database:
            connection.execute(f"ATTACH ':memory:' AS {_quoted(database)}")
    with suppress(Exception):
        if schema:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {named}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_ENGINES: dict[str, Callable[[QueryExpression, Dialect, Catalogue], Binding]] = {
    SQLITE.engine: _in_sqlite, DUCKDB.engine: _in_duckdb,
}  # fmt: skip
