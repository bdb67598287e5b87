"""
Running checked SQL on a source, for somebody who may, with a record of it.

The record is written before the query runs, so that a portal that dies leaves a trace: a Run
without an end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from core.access import may_use
from core.auth import groups_of
from core.errors import PortalError
from queryexpr.dialects.sqlite import SQLITE
from workflow.models import Run
from workflow.sources.errors import trouble
from workflow.sources.own_database import own
from workflow.sources.process.client import ask_while_wanted, job_of
from workflow.sources.result.result import Judged, Result
from workflow.sources.source import Source

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PERMISSION = "workflow.run_sql"
MOST_AT_ONCE = 8  # in one worker of the portal
_LEFT = "stopped: nobody waited any longer"
_UNFIT = re.compile("[\0\ud800-\udfff]")
_running: set[object] = set()


async def run(source: Source, judged: Judged, user: User) -> Result:
    """Run what the gate has written, and return its rows.

    Raises PortalError: `not_found` or `permission_denied` if the user may not, `overloaded`,
    `invalid_request` if the database would not run it or took too long. Such a message may quote
    a row's value: like rows, it never goes into a prompt. A caller that leaves stops the query.
    """
    if len(_running) >= MOST_AT_ONCE:
        message = "Too many queries run on data sources. Try again in a moment."
        raise PortalError("overloaded", message, retry_after=2)
    _running.add(token := object())
    try:
        return await _recorded(source, judged, user)
    finally:
        _running.discard(token)


async def _recorded(source: Source, judged: Judged, user: User) -> Result:
    record, job = await _begin(source, judged, user)
    try:
        answer = await ask_while_wanted(job, source.seconds)
        if error := trouble(source, answer):
            raise error
        result = Result.of(answer)
    except BaseException as error:  # of any kind: also that of a caller who has left
        said = error.message if isinstance(error, PortalError) else _LEFT
        await _end(record, error=said[:500])
        raise
    await _end(record, rows=len(result.rows), milliseconds=result.milliseconds)
    return result


def _start(source: Source, judged: Judged, user: User) -> tuple[int, bytes]:
    """Return the record of a run that may begin, and its task. Raises PortalError."""
    _check(source, judged, user)
    try:
        portal = own()
    except DatabaseError:
        error = trouble(source, {"unreachable": "the portal's own database does not answer"})
        assert error is not None
        raise error from None
    name = user.get_username()
    record = Run.objects.create(who=user, username=name, source=source.name, sql=judged.sql)
    return record.pk, job_of(source, "run", portal, judged.sql)


def _check(source: Source, judged: Judged, user: User) -> None:
    if not may_use(source.groups, groups_of(user)):
        raise PortalError("not_found", "There is no such data source for you.", param="schema")
    if not user.has_perm(PERMISSION):
        raise PortalError("permission_denied", f"Running queries needs {PERMISSION}.")
    if not source.run:
        raise PortalError("permission_denied", f"No queries are run on {source.name}.")
    if judged.dialect != source.dialect or not _listed(judged) <= _names(source):
        raise PortalError("permission_denied", f"This query was not checked for {source.name}.")
    if _UNFIT.search(judged.sql):
        message = "The query holds a character that no database takes."
        raise PortalError("invalid_request", message, param="sql")


def _listed(judged: Judged) -> set[str]:
    return {name.lower() for name in judged.tables}


def _names(source: Source) -> set[str]:
    """Return the tables' names as the gate has them: in Postgres without their schemas."""
    if source.dialect == SQLITE.name:
        return {name.lower() for name in source.tables}
    return {name.partition(".")[2].lower() or name.lower() for name in source.tables}


def _finish(record: int, **found: Any) -> None:
    Run.objects.filter(pk=record).update(**found)


# In threads of their own: Django's only one may be busy with a page.
_begin = database_sync_to_async(_start, thread_sensitive=False)
_end = database_sync_to_async(_finish, thread_sensitive=False)
