"""
Runs checked SQL on a source, for a user who may, and records it.

The record is written before the query runs, so that a portal that dies leaves a trace: a Run
without an end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.auth.principals import access_of
from core.database.threads import in_threads
from core.errors import PortalError
from core.fair_queue import FairQueue
from workflow.models import Run
from workflow.sources.engines import named
from workflow.sources.errors import to_error
from workflow.sources.failures import Failure
from workflow.sources.job import Job
from workflow.sources.process.client import ask_while_wanted, job_of
from workflow.sources.result.result import Result
from workflow.sources.schema import portal_identity
from workflow.sources.source import Source

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from queryexpr.gate.operations import Judgement

PERMISSION = "workflow.run_sql"
MAX_CONCURRENT = 8  # in one worker of the portal
MAX_WAITING, MAX_WAITING_EACH = 128, 16
MAX_ERROR = 500  # characters, as the record has them
_LEFT = "stopped: the caller left"
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")
turns = FairQueue("queries on data sources", MAX_CONCURRENT, MAX_WAITING, MAX_WAITING_EACH)


@dataclass(frozen=True, slots=True)
class CheckedSQL:
    """SQL of `dialect` that the gate has written. `tables` are those that it reads."""

    sql: str
    dialect: str
    tables: tuple[str, ...]

    @classmethod
    def of(cls, judgement: Judgement, dialect: str) -> CheckedSQL:
        """Return the SQL of a judgement. Raises ValueError if that is not valid."""
        if not judgement.valid or not judgement.sql:
            raise ValueError("Only a query that passed the gate can be run.")
        return cls(judgement.sql, dialect, judgement.tables)


async def run(source: Source, query: CheckedSQL, user: User) -> Result:
    """Run SQL that the gate has written, and return its rows.

    Raises PortalError: `not_found` or `permission_denied` if the user may not, `overloaded` if its
    turn does not come within SOURCES_WAIT_SECONDS, `invalid_request` if the database refused it or
    took too long. Such a message may quote a row's value: like rows, it never goes into a prompt.
    A caller that leaves stops the query.
    """
    async with turns.place(user.pk, settings.SOURCES_WAIT_SECONDS):
        return await _recorded(source, query, user)


async def _recorded(source: Source, query: CheckedSQL, user: User) -> Result:
    record, job = await _begin(source, query, user)
    try:
        result = await _result(source, job)
    except BaseException as error:  # of any kind: also that of a caller who has left
        message = error.message if isinstance(error, PortalError) else _LEFT
        await _end(record, error=message[:MAX_ERROR])
        raise
    await _end(record, rows=len(result.rows), milliseconds=result.milliseconds)
    return result


async def _result(source: Source, job: Job) -> Result:
    try:
        return await ask_while_wanted(job, Result)
    except Failure as failure:
        raise to_error(source, failure) from None


def _start(source: Source, query: CheckedSQL, user: User) -> tuple[int, Job]:
    """Return the record of a run that may begin, and its job. Raises PortalError."""
    check_rights(source, query, user)
    try:
        portal = portal_identity()
    except Failure as failure:
        raise to_error(source, failure) from None
    name = user.get_username()
    record = Run.objects.create(who=user, username=name, source=source.name, sql=query.sql)
    return record.pk, job_of(source, "run", portal, query.sql)


def check_rights(source: Source, query: CheckedSQL, user: User) -> None:
    """Raise PortalError if the user may not run the query there."""
    if not source.is_for(access_of(user)):
        raise PortalError("not_found", "There is no such data source for you.", param="schema")
    if not may_query(source, user):
        raise PortalError("permission_denied", f"Running queries needs {PERMISSION}.")
    if not source.run:
        raise PortalError("permission_denied", f"No queries are run on {source.name}.")
    if query.dialect != source.dialect or not _listed(query) <= _names(source):
        raise PortalError("permission_denied", f"This query was not checked for {source.name}.")
    if _UNSENDABLE.search(query.sql):
        message = "The query holds a character that no database takes."
        raise PortalError("invalid_request", message, param="sql")


def may_query(source: Source, user: User) -> bool:
    """May this user, who sees the source, run queries on it?"""
    return bool(source.permissions) or user.has_perm(PERMISSION)


def _listed(query: CheckedSQL) -> set[str]:
    return {name.lower() for name in query.tables}


def _names(source: Source) -> set[str]:
    """Return the tables' names as the gate has them: without their schemas."""
    return {named(name, source.dialect)[1].lower() for name in source.tables}


def _finish(record: int, **fields: Any) -> None:
    Run.objects.filter(pk=record).update(**fields)


# In their own threads: Django's only one may be busy with a page.
_begin = in_threads(_start)
_end = in_threads(_finish)
