"""
Django's backend for Postgres, with DATABASE_TIMEOUT for each query of a server.

Postgres itself ends a query then, if it still works. A Postgres that is stopped, or behind a broken
network, keeps its connections open: libpq would wait for ever, and with it the thread. A second
later, the connection is therefore closed here.

After that, calls fail at once for a while: otherwise each would hold a thread for as long, and the
threads are few.
"""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from core.database.threads import deadlines

if TYPE_CHECKING:
    from psycopg.abc import RV as Result
    from psycopg.abc import PQGen

REST_SECONDS = 2.0  # without a call, after a server did not answer
MARGIN_SECONDS = 1.0  # after DATABASE_TIMEOUT, for a server that works to end the query


class Silence:
    """Whether the server was silent for too long when it was last asked, in this process."""

    def __init__(self) -> None:
        self._until = 0.0

    def check(self) -> None:
        """Raise OperationalError if the server was silent just now. Later, let one caller try."""
        now = time.monotonic()
        if now < self._until:
            raise psycopg.OperationalError("the database did not answer just now")
        if self._until:
            self._until = now + _limit() + REST_SECONDS  # the others wait for what it finds

    def note(self, silent: bool) -> None:
        self._until = time.monotonic() + REST_SECONDS if silent else 0.0


silence = Silence()


def _limit() -> float:
    return float(settings.DATABASE_TIMEOUT) + MARGIN_SECONDS


class Connection(psycopg.Connection[Any]):
    """A connection whose every wait for the server has a deadline, in servers."""

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        if not deadlines.on or timeout is not None:
            return super().wait(gen, interval, timeout)
        silence.check()
        silent = False
        try:
            return super().wait(gen, interval, _limit())
        except psycopg.errors._WaitTimeout:
            silent = True
            self.pgconn.finish()  # its answer may still come, to another question
            raise psycopg.OperationalError(f"no answer within {_limit():g} s") from None
        finally:
            silence.note(silent)


def connect(*args: Any, **options: Any) -> Connection:
    """Connect as psycopg does; in servers, with a deadline for each query."""
    if not deadlines.on:
        return Connection.connect(*args, **options)
    silence.check()
    silent = False
    milliseconds = round(settings.DATABASE_TIMEOUT * 1000)
    options.setdefault("options", f"-c statement_timeout={milliseconds}")
    try:
        return Connection.connect(*args, **options)
    except psycopg.errors.ConnectionTimeout:
        silent = True
        raise
    finally:
        silence.note(silent)


class DatabaseWrapper(base.DatabaseWrapper):
    Database = SimpleNamespace(**{**vars(psycopg), "connect": connect})  # type: ignore[assignment]
