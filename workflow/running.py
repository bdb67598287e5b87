"""Runs a query expression on a data source: what runs is the SQL that the gate writes now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import Error

from core.database.threads import in_threads
from core.errors import PortalError
from queryexpr.gate.operations import Document, check_ir
from workflow.near.look import look
from workflow.sandbox import sandbox
from workflow.sources.explain import refusal
from workflow.sources.loaded import sources
from workflow.sources.run import CheckedSQL, may_query, run
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.access import Access
    from core.auth.principals import Principal
    from queryexpr.gate.operations import Judgement
    from queryexpr.issues import Issue
    from workflow.sources.result.result import Result
    from workflow.sources.source import Source
    from workflow.subject import SchemaSubject


async def run_ir(name: str, ir: Document, principal: Principal) -> Result:
    """Return the rows of a query expression on the source `name`.

    Raises PortalError as `sources.get` and `sources.run` do, and for a query that is not valid.
    """
    source = sources().get(name, principal.access)
    subject = await read_subject({"source": source.name}, source.dialect, principal.access)
    judgement = await sandbox.run(check_ir(ir, source.dialect, subject.schema))
    if not judgement.valid:
        raise PortalError("invalid_request", "Fix the query before it is run.", param="ir")
    return await run(source, CheckedSQL.of(judgement, source.dialect), principal.user)


async def judged_by_source(subject: SchemaSubject, principal: Principal) -> SchemaSubject:
    """Return the subject with its source as a judge of queries, if the caller may run them."""
    source = None
    with suppress(Error):  # without the portal's database, it is not known whether they may
        source = await may_run(subject.source, principal)
    if source is None or source.dialect != subject.dialect:
        return subject

    async def database(judgement: Judgement) -> str:
        return await refusal(source, CheckedSQL.of(judgement, source.dialect), principal.user)

    async def near(judgement: Judgement) -> tuple[Issue, ...]:
        return await look(judgement, subject, source, principal.user)

    return replace(subject, database=database, near=near)


_may_query = in_threads(may_query)


def runnable(name: str, access: Access) -> Source | None:
    """Return the source of that name if those with `access` see it, and queries run on it."""
    visible = {source.name: source for source in sources().visible(access)}
    source = visible.get(name)
    return source if source and source.run else None


async def may_run(name: str, principal: Principal) -> Source | None:
    """Return the source of that name if the caller may run queries on it."""
    source = runnable(name, principal.access)
    if source is None:
        return None
    return source if await _may_query(source, principal.user) else None
