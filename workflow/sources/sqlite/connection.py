"""
A SQLite file as a source: opened read-only; only the listed tables can be read.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from workflow.sources import identity
from workflow.sources.failures import Failed, TooSlow, Unreachable
from workflow.sources.job import Job
from workflow.sources.missing import no_table
from workflow.sources.result.table import MAX_BYTES, Table, collect
from workflow.sources.sqlite.authorizer import Guard, read_by_views
from workflow.sources.sqlite.schema import describe, names_of
from workflow.sources.tables import TableJSON

STEPS = 10_000  # of SQLite's machine between two checks of the time
BUSY_SECONDS = 5.0  # to wait while another process writes
_QUIET = (
    "PRAGMA query_only = ON",
    "PRAGMA trusted_schema = OFF",  # views and indexes call no function that does anything
    "PRAGMA cell_size_check = ON",
)
_PORTALS = (
    "This is the portal's own database, which holds people's conversations and secrets."
    " Name another file."
)


@contextmanager
def opened(job: Job) -> Iterator[File]:
    """Open the job's file. Raises Unreachable."""
    path = job.place["path"]
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would block
            raise Unreachable("it is not a file")
        connection = _connected(path)
    except OSError as error:
        raise Unreachable(error.strerror or "it cannot be opened") from None
    except sqlite3.Error as error:
        raise Unreachable(str(error)) from None
    try:
        yield File(connection, job)
    except sqlite3.Error as error:  # while looking at tables
        raise Unreachable(str(error)) from None
    finally:
        connection.close()


def _connected(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file://{quote(path)}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_SECONDS
    )
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    for order in _QUIET:
        connection.execute(order)
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # opens the file at last
    return connection


class File:
    """An open file, for one task."""

    def __init__(self, connection: sqlite3.Connection, job: Job) -> None:
        self._connection = connection
        self._job = job
        self._tables = job.tables

    def faults(self) -> list[str]:
        """Return why the file may not be a source."""
        portal = self._job.portal
        if portal and identity.same(portal, identity.of_file(self._job.place["path"])):
            return [_PORTALS]
        known = names_of(self._connection)
        return [no_table(name, known) for name in self._tables if name not in known]

    def stop(self) -> None:
        """Stop the query."""
        self._connection.interrupt()

    def schema(self) -> list[TableJSON]:
        """Return the listed tables as JSON."""
        return describe(self._connection, self._tables)

    def run(self) -> Table:
        """Return the rows of the job's query. Raises Failed or TooSlow."""
        with self._limited():
            cursor = self._connection.execute(self._job.sql)
            names = [column[0] for column in cursor.description or ()]
            return collect(names, None, cursor, self._job.rows)

    def explain(self) -> None:
        """Prepare the job's query. Raises Failed or TooSlow."""
        with self._limited():
            self._connection.execute(f"EXPLAIN {self._job.sql}").close()

    @contextmanager
    def _limited(self) -> Iterator[None]:
        end = time.monotonic() + self._job.seconds
        try:
            self._lock(end)
            yield
        except (sqlite3.Error, sqlite3.Warning) as error:
            if time.monotonic() > end:
                raise TooSlow from None
            raise Failed(str(error)) from None

    def _lock(self, end: float) -> None:
        """Allow nothing but reading the listed tables, until `end`."""
        guard = Guard(self._tables, read_by_views(self._connection, self._tables), self._others())
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BYTES)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0)
        self._connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        self._connection.set_authorizer(guard.allows)

    def _others(self) -> set[str]:
        """Return the names of all tables and modules: another name is one of the query itself."""
        modules = self._connection.execute("PRAGMA module_list")
        return {
            name.lower() for name in (*names_of(self._connection), *(row[0] for row in modules))
        }
