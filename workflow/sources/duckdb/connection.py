"""
A DuckDB file, or a folder of Parquet, CSV and JSON files, as a source.

DuckDB has neither users nor rights. So a query runs in an empty database in memory, which has one
view for each listed table: the file is attached read-only, under a name that no one knows. Then
DuckDB gives up its access to files and its settings, until it is closed.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from workflow.sources import identity
from workflow.sources.duckdb import files
from workflow.sources.duckdb.guard import check
from workflow.sources.duckdb.schema import describe, missing
from workflow.sources.duckdb.values import as_written, kind_of, plain
from workflow.sources.engines import named
from workflow.sources.failures import Failed, TooSlow, Unreachable
from workflow.sources.job import Job
from workflow.sources.result.table import Table, collect
from workflow.sources.tables import TableJSON

BATCH = 1000  # rows at a time
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "512MB",
    "temp_directory": "",  # a query that needs more memory is refused
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
}
_PORTALS = (
    "This is the portal's own database, which holds people's conversations and secrets."
    " Name another file."
)


@contextmanager
def opened(job: Job) -> Iterator[Database]:
    """Open the job's file or folder. Raises Unreachable."""
    path = Path(job.place["path"])
    try:
        os.stat(path)  # DuckDB's own message would quote the path
        connection = duckdb.connect(":memory:", config=_CONFIG)
    except OSError as error:
        raise Unreachable(error.strerror or "it cannot be opened") from None
    try:
        yield Database(connection, job, path)
    except duckdb.Error as error:  # while looking at tables
        raise Unreachable(_message(error)) from None
    finally:
        connection.close()


class Database:
    """An open database, for one task."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, job: Job, path: Path) -> None:
        self._connection = connection
        self._job = job
        self._path = path
        self._tables = [named(name, job.dialect) for name in job.tables]
        self._broken: dict[tuple[str, str], str] = {}
        self._files: dict[str, str] = {}  # their names, by what DuckDB calls them
        self._catalogue = f"c{secrets.token_hex(16)}"

    def faults(self) -> list[str]:
        """Return why it may not be a source. Then each listed table has its view."""
        portal = self._job.portal
        if portal and identity.same(portal, identity.of_file(str(self._path))):
            return [_PORTALS]
        return self._of_folder() if self._path.is_dir() else self._of_file()

    def _of_folder(self) -> list[str]:
        faults, found = files.find(self._path, self._tables)
        if faults:
            return faults
        self._catalogue = "memory"
        self._lock([*filter(None, (self._read(table, paths) for table, paths in found.items()))])
        return []

    def _read(self, table: str, paths: list[Path]) -> str:
        """Show a table's file. Return what DuckDB calls it; empty for one that is left out."""
        try:
            name, reader = files.opened(self._path, table, paths)
        except files.LeftOut as reason:
            self._broken["main", table] = str(reason)
            return ""
        self._files[name] = paths[0].name
        self._show("main", table, reader)
        return name

    def _of_file(self) -> list[str]:
        path = str(self._path).replace("'", "''")
        self._connection.execute(f"ATTACH '{path}' AS {self._catalogue} (READ_ONLY)")
        if faults := missing(self._connection, self._catalogue, self._tables):
            return faults
        for schema, table in self._tables:
            view = f"{_quoted(schema)}.{_quoted(table)}"
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
            self._show(schema, table, f"{self._catalogue}.{view}")
        self._lock([])
        return []

    def _show(self, schema: str, table: str, source: str) -> None:
        """Create a table's view; if it is broken, only queries that name it are refused."""
        view = f"{_quoted(schema)}.{_quoted(table)}"
        try:
            self._connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {source}")  # noqa: S608 — in quotes
        except duckdb.Error as error:
            self._broken[schema, table] = self._message(error)

    def _lock(self, paths: Iterable[str]) -> None:
        schemas = ",".join(dict.fromkeys(_quoted(schema) for schema, _ in self._tables))
        self._connection.execute(f"SET search_path = '{schemas.replace(chr(39), chr(39) * 2)}'")
        self._connection.execute("SET allowed_paths = ?", [[*paths]])
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def stop(self) -> None:
        """Stop the query."""
        self._connection.interrupt()

    def schema(self) -> list[TableJSON]:
        """Return the listed tables as JSON."""
        return describe(self._connection, self._catalogue, self._tables, self._broken)

    def run(self) -> Table:
        """Return the rows of the job's query. Raises Failed or TooSlow."""
        with self._limited():
            return self._table()

    def explain(self) -> None:
        """Let DuckDB plan the job's query. Raises Failed or TooSlow."""
        with self._limited():
            self._connection.execute(f"EXPLAIN {self._job.sql}")

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Check the job's query, and limit its time."""
        check(self._connection, self._job.sql, self._tables)
        end = time.monotonic() + self._job.seconds
        clock = threading.Timer(self._job.seconds, self._connection.interrupt)
        clock.daemon = True
        clock.start()
        try:
            yield
        except duckdb.Error as error:
            if time.monotonic() >= end:
                raise TooSlow from None
            raise Failed(self._message(error)) from None
        finally:
            clock.cancel()

    def _message(self, error: duckdb.Error) -> str:
        return files.OPENED.sub(lambda found: self._files.get(found[0], "a file"), _message(error))

    def _table(self) -> Table:
        described = self._connection.execute(f"DESCRIBE {self._job.sql}").fetchall()
        names, types = [column[0] for column in described], [column[1] for column in described]
        cursor = self._connection.execute(as_written(self._job.sql, types))
        rows = _rows(cursor, self._job.rows)
        return collect(names, [*map(kind_of, types)], rows, self._job.rows)


def _rows(cursor: Any, limit: int) -> Iterator[Sequence[Any]]:
    """Yield up to one row more than `limit`."""
    left = limit + 1
    while left > 0 and (rows := cursor.fetchmany(min(BATCH, left))):
        yield from (tuple(map(plain, row)) for row in rows)
        left -= len(rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _message(error: duckdb.Error) -> str:
    """Return the first line: the others suggest names of tables that are not listed."""
    return str(error).partition("\n")[0]
