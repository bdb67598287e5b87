"""POST /v1/sql/compare, and what commands and agents get of it: two queries on a small world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from core.http.body import check_types
from queryexpr.gate.operations import Judgement, as_json, check_ir, check_sql
from workflow.bodies import Compare
from workflow.readings import search
from workflow.readings.readings import Reading, Readings
from workflow.sandbox import sandbox
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from workflow.subject import SchemaSubject


async def compare(exchange: Exchange) -> None:
    """Answer the small world that tells two queries apart, or that none was found."""
    body = check_types(await exchange.json(), Compare)
    subject = await read_subject(body.schema, body.dialect, exchange.principal.access)
    await exchange.answer(as_json(await compared(body, subject)))


async def compared(body: Compare, subject: SchemaSubject) -> Readings:
    """Return what tells two queries apart.

    Raises PortalError `invalid_request` with `param` one or other for a query that is not valid.
    """
    one = await _judged(body.one, "one", subject)
    other = await _judged(body.other, "other", subject)
    readings = (Reading("one", one.sql or ""), Reading("other", other.sql or ""))
    return await search.told_apart((one.ir or {}, other.ir or {}), readings, subject)


async def _judged(query: search.Query, param: str, subject: SchemaSubject) -> Judgement:
    dialect = subject.dialect
    operation = (
        check_sql(query, dialect, dialect, subject.schema)
        if isinstance(query, str)
        else check_ir(query, dialect, subject.schema)
    )
    judgement = await sandbox.run(operation)
    if not judgement.valid:
        raise PortalError("invalid_request", _reason(judgement), param=param)
    return judgement


def _reason(judgement: Judgement) -> str:
    issue = next(issue for issue in judgement.issues if issue.severity == "error")
    place = f" (line {issue.line}, column {issue.column})" if issue.line is not None else ""
    return f"{issue.message}{place}"
