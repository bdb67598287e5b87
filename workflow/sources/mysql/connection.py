"""
A MySQL or MariaDB database as a source: a connection that cannot write, for one task.

Two walls, each enough: a user who may only SELECT (see privileges), and a READ ONLY transaction.
The protocol takes one statement at a time, because the driver does not ask for more.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeAlias

import pymysql
from pymysql.cursors import SSCursor

from workflow.sources.failures import Failed, TooSlow, Unreachable
from workflow.sources.job import Job
from workflow.sources.mysql.privileges import faults
from workflow.sources.mysql.schema import describe
from workflow.sources.mysql.tls import tls
from workflow.sources.mysql.values import CONVERTERS, kind_of
from workflow.sources.result.table import Table, collect
from workflow.sources.tables import TableJSON

CONNECT_SECONDS = 5
CHECK_SECONDS = 10.0  # for the queries about rights and tables
BATCH = 100  # rows at a time
# What a server has by default. With others, texts and names in quotes would be read otherwise.
_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE"
    ",ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)
_STOPPED = {1317, 1969, 3024}  # killed, and the times of MariaDB and MySQL
Connection: TypeAlias = "pymysql.Connection[SSCursor]"  # which is no generic class when it runs


@contextmanager
def opened(job: Job) -> Iterator[Server]:
    """Connect to the job's database and begin. Raises Unreachable."""
    try:
        connection = _connected(job)
    except (pymysql.Error, OSError) as error:
        raise Unreachable(_message(error)) from None
    try:
        yield Server(connection, job)
    except (pymysql.Error, OSError) as error:  # while looking at rights and tables
        raise Unreachable(_message(error)) from None
    finally:
        with suppress(pymysql.Error, OSError):
            connection.close()


def _connected(job: Job) -> Connection:
    place = job.place
    wait = max(job.seconds, CHECK_SECONDS)
    connection = pymysql.Connection(
        host=place["host"], port=int(place.get("port", 3306)), user=place["user"],
        password=place.get("password", "").encode(), database=place["dbname"],
        ssl=tls(place), ssl_disabled=place.get("sslmode") == "disable", charset="utf8mb4",
        sql_mode=_MODE, conv=CONVERTERS, cursorclass=SSCursor, program_name="portal data source",
        connect_timeout=CONNECT_SECONDS, read_timeout=wait + CONNECT_SECONDS,
    )  # fmt: skip
    for order in ("SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"):
        ask(connection, order)
    limit(connection, wait)
    return connection


def ask(
    connection: Connection, query: str, values: Sequence[Any] | None = None
) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [*cursor.fetchall()]


def limit(connection: Connection, seconds: float) -> None:
    """Limit the time of each query."""
    ((version,),) = ask(connection, "SELECT version()")
    if "-mariadb" in version.lower():
        ask(connection, f"SET SESSION max_statement_time = {seconds:.3f}")
    else:
        ask(connection, f"SET SESSION max_execution_time = {round(seconds * 1000)}")


class Server:
    """An open connection, in its transaction."""

    def __init__(self, connection: Connection, job: Job) -> None:
        self._connection = connection
        self._job = job
        self._ask = partial(ask, connection)
        ((self._id,),) = self._ask("SELECT connection_id()")

    def faults(self) -> list[str]:
        """Return why the user, or the database, may not be a source."""
        return faults(self._ask, self._job.tables)

    def stop(self) -> None:
        """Stop the query: the server would not notice that the caller has left."""
        with suppress(pymysql.Error, OSError):
            ask(_connected(self._job), f"KILL QUERY {self._id}")

    def schema(self) -> list[TableJSON]:
        """Return the listed tables as JSON."""
        return describe(self._ask, self._job.tables)

    def run(self) -> Table:
        """Return the rows of the job's query. Raises Failed or TooSlow."""
        end = time.monotonic() + self._job.seconds
        with self._limited():
            return self._table(end)

    def explain(self) -> None:
        """Let the server plan the job's query. Raises Failed or TooSlow."""
        with self._limited():
            self._ask(f"EXPLAIN FORMAT=JSON {self._job.sql}")

    @contextmanager
    def _limited(self) -> Iterator[None]:
        try:
            limit(self._connection, self._job.seconds)
            yield
        except pymysql.Error as error:
            if error.args and error.args[0] in _STOPPED:
                raise TooSlow from None
            raise Failed(_message(error)) from None

    def _table(self, end: float) -> Table:
        cursor = self._connection.cursor()  # is not closed: that would read all that is left
        cursor.execute(self._job.sql)
        described = cursor.description or ()
        kinds = [kind_of(int(column[1])) for column in described]
        most = self._job.rows
        return collect([c[0] for c in described], kinds, _rows(cursor, most, end), most)


def _rows(cursor: SSCursor, limit: int, end: float) -> Iterator[Sequence[Any]]:
    """Yield up to one row more than `limit`."""
    left = limit + 1
    while left > 0 and (rows := cursor.fetchmany(min(BATCH, left))):
        yield from rows
        left -= len(rows)
        if time.monotonic() > end:
            raise TooSlow


def _message(error: Exception) -> str:
    """Return what the server says, without the driver's number."""
    return str(error.args[-1]) if error.args else type(error).__name__
