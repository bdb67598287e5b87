"""
A Postgres database as a source: a connection that cannot write, for one task.

Three walls, each enough: a role that may not (see privileges), a session that is read-only
from its first moment, and a READ ONLY transaction.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Loader

from workflow.sources.engines import named
from workflow.sources.failures import Failed, TooSlow, Unreachable
from workflow.sources.job import Job
from workflow.sources.postgres.privileges import faults, has_policies
from workflow.sources.postgres.schema import describe, schemas_of
from workflow.sources.result.table import MAX_BINARY, Table, collect
from workflow.sources.tables import TableJSON

CONNECT_SECONDS = 5
CHECK_SECONDS = 10.0  # for the queries about rights and tables
BATCH = 100  # rows at a time
_IDLE_SECONDS = 10.0  # between two batches

_MOMENT = re.compile(r"^(\d{4,}-\d\d-\d\d) (?=\d)")
_BYTES = 17
_TIMES = {1082, 1083, 1114, 1184, 1266}
_KINDS = {
    16: "boolean", **dict.fromkeys((20, 21, 23, 26, 700, 701, 1700), "number"),
    **dict.fromkeys(_TIMES, "time"),
}  # fmt: skip
# The rest stays the text that Postgres writes: Python knows neither year 0 nor numeric's digits.
_READ = {16, 20, 21, 23, 26, 700, 701}


@contextmanager
def opened(job: Job) -> Iterator[Server]:
    """Connect to the job's database and begin. Raises Unreachable."""
    try:
        connection = psycopg.connect(
            **job.place, options=_options(job), connect_timeout=CONNECT_SECONDS,
            client_encoding="utf8", application_name="portal data source", prepare_threshold=None,
        )  # fmt: skip
    except psycopg.Error as error:
        raise Unreachable(_message(error)) from None
    try:
        connection.read_only = True  # what begins is BEGIN READ ONLY
        yield Server(connection, job)
    except psycopg.Error as error:  # while looking at rights and tables
        raise Unreachable(_message(error)) from None
    finally:
        connection.close()


def _options(job: Job) -> str:
    """Return settings that hold before the first statement: whatever a role or database has."""
    query = max(job.seconds, CHECK_SECONDS)
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": round(query * 1000),
        "lock_timeout": round(min(query, CHECK_SECONDS) * 1000),
        "idle_in_transaction_session_timeout": round(_IDLE_SECONDS * 1000),
        "search_path": "pg_catalog",
        "DateStyle": "ISO",
        "bytea_output": "hex",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


class Server:
    """An open connection, in its transaction."""

    def __init__(self, connection: psycopg.Connection[Any], job: Job) -> None:
        self._connection = connection
        self._job = job
        self._tables = [named(name, job.dialect) for name in job.tables]

    def faults(self) -> list[str]:
        """Return why the database, or the role, may not be a source."""
        return faults(self._connection, self._tables, self._job.portal)

    def stop(self) -> None:
        """Stop the query: the server would not notice that the caller has left."""
        self._connection.cancel_safe(timeout=2.0)

    def schema(self) -> list[TableJSON]:
        """Return the listed tables as JSON."""
        self._set("search_path", _path(self._tables))  # else types in them have long names
        return describe(self._connection, self._tables)

    def run(self) -> Table:
        """Return the rows of the job's query. Raises Failed or TooSlow."""
        end = time.monotonic() + self._job.seconds
        with self._limited():
            return replace(
                self._table(end), restricted=has_policies(self._connection, self._tables)
            )

    def explain(self) -> None:
        """Let the server plan the job's query. Raises Failed or TooSlow."""
        with self._limited(), self._connection.cursor(binary=True) as cursor:
            # Asked for a binary answer, the server takes one statement only.
            cursor.execute(f"EXPLAIN (FORMAT TEXT) {self._job.sql}".encode())

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Limit the time of a query, in which names mean the listed tables."""
        try:
            self._set("statement_timeout", f"{round(self._job.seconds * 1000)}")
            self._set("search_path", _path(self._tables))
            yield
        except psycopg.errors.QueryCanceled:
            raise TooSlow from None
        except psycopg.Error as error:
            raise Failed(_message(error)) from None

    def _set(self, name: str, value: str) -> None:
        self._connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", [name, value])

    def _table(self, end: float) -> Table:
        """Declare a cursor for the query, which nothing but one query can be, and fetch from it."""
        with self._connection.cursor(name="answer") as cursor:
            _as_written(cursor.adapters)
            cursor.execute(self._job.sql.encode())
            described = cursor.description or []
            kinds = [_KINDS.get(column.type_code, "text") for column in described]
            limit = self._job.rows
            return collect([c.name for c in described], kinds, _rows(cursor, limit, end), limit)


def _rows(cursor: psycopg.ServerCursor[Any], limit: int, end: float) -> Iterator[Sequence[Any]]:
    """Yield up to one row more than `limit`."""
    left = limit + 1
    while left > 0 and (rows := cursor.fetchmany(min(BATCH, left))):
        yield from rows
        left -= len(rows)
        if time.monotonic() > end:  # the server's own timeout starts again with each batch
            raise TooSlow


def _path(tables: list[tuple[str, str]]) -> str:
    """Return the search path: the listed schemas, and nothing that a role could put before them."""
    names = ["pg_catalog", *schemas_of(tables), "pg_temp"]
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def _message(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error).strip() or type(error).__name__


# ── Values ──────────────────────────────────────────────────────────────────────────────────


class _Text(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "replace")


class _Time(_Text):
    def load(self, data: Buffer) -> str:
        """Return it in ISO's form, as far as that has one."""
        return _MOMENT.sub(r"\1T", super().load(data))


class _Bytes(_Text):
    def load(self, data: Buffer) -> str:
        """Return what `table` makes of bytes in SQLite."""
        text = super().load(data)
        longest = 2 + 2 * MAX_BINARY
        return text if len(text) <= longest else f"{text[:longest]}…"


def _as_written(adapters: AdaptersMap) -> None:
    """Let values be the text that Postgres writes, but for numbers that JSON has, and booleans."""
    for kind in adapters.types:
        for oid in (kind.oid, kind.array_oid):
            if oid and oid not in _READ:
                adapters.register_loader(oid, _LOADERS.get(oid, _Text))


_LOADERS: dict[int, type[Loader]] = {_BYTES: _Bytes, **dict.fromkeys(_TIMES, _Time)}
