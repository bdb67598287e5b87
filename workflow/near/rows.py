"""
What the rows of a source have: whether a text is in them, and the values of a column.

Both are read in the process that touches the source, with the rights of its role, and kept for a
minute for the person who asked.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error

from core.database.threads import in_threads
from core.errors import PortalError
from workflow.sources.failures import Failure
from workflow.sources.process.client import ask_while_wanted, job_of
from workflow.sources.result.table import Table
from workflow.sources.run import check_rights, turns
from workflow.sources.schema import portal_identity
from workflow.sources.values import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.contrib.auth.models import User

    from workflow.sources.job import Job
    from workflow.sources.run import CheckedSQL
    from workflow.sources.source import Source

SECONDS = 3.0  # for all queries about one query
CACHE_SECONDS, MAX_CACHED = 60.0, 500
MAX_ROWS, MAX_VALUES = 200_000, 1000  # that are read of a table, and different values
_VALUES = (
    "SELECT v, COUNT(*) AS n FROM (SELECT t.{} AS v FROM {} t LIMIT {}) s"
    " GROUP BY v ORDER BY n DESC, v LIMIT {}"
)
_cache: dict[tuple[int, str, str], tuple[float, Source, Table]] = {}  # by person, source and query


def values_query(table: tuple[str, str], column: str, dialect: str) -> str:
    """Return the query for a column's values, the most frequent first."""
    return filled(_VALUES, table, column, dialect, MAX_ROWS, MAX_VALUES + 1)


def is_complete(table: Table) -> bool:
    """Are these all values of the column?"""
    counted = sum(int(row[1] or 0) for row in table.rows)
    return not table.truncated and len(table.rows) <= MAX_VALUES and counted < MAX_ROWS


async def read(
    source: Source, query: CheckedSQL, queries: Iterable[str], user: User
) -> Mapping[str, Table]:
    """Return the rows of `queries`, which are about the tables of `query`.

    Those that failed are left out; so are all of them where the user may not run `query`.
    """
    try:
        job = await _begin(source, query, user)
        known = {sql: _cached(source, sql, user) for sql in queries}
        missing = tuple(sql for sql, table in known.items() if table is None)
        if missing:
            async with turns.place(user.pk, settings.SOURCES_WAIT_SECONDS):
                asked = replace(job, queries=missing)
                tables = await ask_while_wanted(asked, list[Table | None])
            known |= dict(zip(missing, tables, strict=True))
    except (Failure, PortalError, Error):
        return {}
    found = {sql: table for sql, table in known.items() if table is not None}
    _keep(source, {sql: found[sql] for sql in missing if sql in found}, user)
    return found


def _start(source: Source, query: CheckedSQL, user: User) -> Job:
    """Return the job, without its queries. Raises PortalError, Failure."""
    check_rights(source, query, user)
    job = job_of(source, "several", portal_identity())
    return replace(job, rows=MAX_VALUES + 1, seconds=min(source.seconds, SECONDS))


_begin = in_threads(_start)


def _cached(source: Source, sql: str, user: User) -> Table | None:
    until, known, table = _cache.get((user.pk, source.name, sql), (0.0, None, None))
    return table if known == source and time.monotonic() < until else None


def _keep(source: Source, tables: Mapping[str, Table], user: User) -> None:
    now = time.monotonic()
    if len(_cache) + len(tables) > MAX_CACHED:
        for key in [key for key, (until, _, _) in _cache.items() if until < now]:
            del _cache[key]
    if len(_cache) + len(tables) > MAX_CACHED:
        _cache.clear()
    for sql, table in tables.items():
        _cache[user.pk, source.name, sql] = (now + CACHE_SECONDS, source, table)
