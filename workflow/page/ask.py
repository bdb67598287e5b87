"""
What the workflow's page asks for while people wait: HTML in events.

    POST /workflow/ask     a question → events with progress, then `{"html", "inquiry", "list"}`,
                           or `{"html", "warning"}` if it could not be stored; if no model
                           answers, `{"failure"}` in place of the `"html"`
    POST /workflow/schema  a schema → `{"tables", "issues"}`
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import Error
from django.utils.translation import gettext

from core.database.outages import is_outage, report
from core.database.threads import in_time
from core.errors import PortalError
from core.http.body import check_types
from core.http.sse import EventStream
from core.plain_errors import message_of
from queryexpr.gate.operations import as_json, read_schema
from queryexpr.issues import Refused
from workflow import bodies, counts
from workflow.answers import IRAnswer
from workflow.confirming.confirm import may_confirm
from workflow.confirming.place import with_confirmed
from workflow.models import Inquiry
from workflow.page import context, fragments
from workflow.page.events import event, reporter
from workflow.page.failure import failure_of
from workflow.page.inquiry import InquiryAnswer, to_stored
from workflow.running import judged_by_source, may_run
from workflow.sandbox import sandbox
from workflow.service import build_ir, write_sql
from workflow.subject import SchemaSubject, read_dialect, read_subject

if TYPE_CHECKING:
    from core.auth.principals import Principal
    from core.http.exchange import Exchange
    from workflow.sources.source import Source

logger = logging.getLogger(__name__)


SHOWN = ("name", "type", "comment")  # of a column


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    """A question of the page."""

    question: bodies.Question
    schema: bodies.Schema
    dialect: str
    chat: bodies.ID | None = None
    sql: bodies.ID | None = None
    mode: bodies.Mode = "auto"


class Look(msgspec.Struct, forbid_unknown_fields=True):
    """A schema to be read while it is typed."""

    schema: bodies.Schema
    dialect: str


async def ask(exchange: Exchange) -> None:
    """Ask for a query expression, then for SQL; report each step, and store the answer."""
    body = check_types(await exchange.json(), Ask)
    principal = exchange.principal
    with suppress(Error):  # without the database, the answer is shown and not stored
        await counts.inquiries(principal.user).check()
    subject = await read_subject(body.schema, body.dialect, principal.access)
    subject = await judged_by_source(subject, principal)
    subject = await with_confirmed(subject, principal)
    async with EventStream(exchange, {}) as stream:
        answer = await _answer_or_failure(body, subject, exchange, stream)
        clauses = await fragments.clauses_of(answer.final.ir, answer.dialect, subject)
        answer = replace(answer, clauses=clauses)
        runs, stored = await _stored(body, answer, exchange, subject)
        may = "inquiry" in stored and await may_confirm(exchange.principal.user)
        await stream.write(event({**_shown(body, answer, runs, stored, may), **stored}))
        await stream.end()


def _shown(
    body: Ask, answer: InquiryAnswer, runs: Source | None, stored: dict[str, Any], may: bool
) -> dict[str, Any]:
    if answer.failure:
        return {"failure": answer.failure.as_event()}
    query = context.answer_view(answer, body.schema, runs, stored.get("inquiry"))
    query = replace(query, may_confirm=may)
    return {"html": fragments.result_html(body.question, query, context.models_view(answer))}


async def _answer_or_failure(
    body: Ask, subject: SchemaSubject, exchange: Exchange, stream: EventStream
) -> InquiryAnswer:
    """Return the answer, or why there is none: the question is kept all the same.

    Raises PortalError for a question that cannot be asked.
    """
    began = time.monotonic()
    try:
        return await _answer(body, subject, exchange, stream)
    except PortalError as error:
        failure = failure_of(error, time.monotonic() - began, exchange.id)
        if failure is None:
            raise
        built = IRAnswer(outcome="model_error")
        return InquiryAnswer(dialect=subject.dialect, built=built, failure=failure)


async def _stored(
    body: Ask, answer: InquiryAnswer, exchange: Exchange, subject: SchemaSubject
) -> tuple[Source | None, dict[str, Any]]:
    """Store an answer; return where it may be run, and what the page learns of its place.

    If the database does not answer, the page shows the answer all the same, with a warning.
    """
    principal = exchange.principal
    try:
        runs = await may_run(subject.source, principal)
        key = (await in_time(_store(body, answer, principal))).pk
        return runs, {"inquiry": key, "list": await fragments.list_html(principal, key)}
    except Error as error:
        if not is_outage(error):
            raise
        outage = report(error, logger, "An answer could not be stored (request %s)", exchange.id)
        warning = gettext("The answer is not stored. {reason}").format(reason=message_of(outage))
        return None, {"warning": warning}


async def _answer(
    body: Ask, subject: SchemaSubject, exchange: Exchange, stream: EventStream
) -> InquiryAnswer:
    """Return the answer of both models: the second is asked only if the first has a query."""
    access, call = exchange.principal.access, exchange.call
    first = bodies.BuildIR(body.question, model=body.chat, mode=body.mode)
    built = await build_ir(first, subject, access, call, reporter("chat", stream))
    answer = InquiryAnswer(dialect=subject.dialect, built=built)
    if not built.valid or built.confirmed:
        return answer
    first_model = (built.resolution or {}).get("id")
    second = bodies.WriteSQL(body.question, built.ir, model=body.sql, written_by=first_model)
    try:
        written = await write_sql(second, subject, access, call, reporter("sql", stream))
    except PortalError as error:  # no SQL model, or none that may be used: the compiled SQL stays
        return replace(answer, no_writer=error.message)
    return replace(answer, written=written)


async def _store(body: Ask, answer: InquiryAnswer, principal: Principal) -> Inquiry:
    source = body.schema.get("source", "") if isinstance(body.schema, dict) else ""
    return await Inquiry.objects.acreate(
        user=principal.user,
        question=body.question,
        dialect=answer.dialect,
        source=source,
        schema=body.schema if isinstance(body.schema, str) else "",
        outcome=answer.final.outcome,
        answer=to_stored(answer),
    )


async def schema(exchange: Exchange) -> None:
    """Answer which tables a schema has, and its issues: it is being typed."""
    body = check_types(await exchange.json(), Look)
    schema, dialect = body.schema, read_dialect(body.dialect)
    if isinstance(schema, dict):
        schema = (await read_subject(schema, dialect, exchange.principal.access)).schema
    try:
        known = await sandbox.run(read_schema(schema, dialect))
    except Refused as refused:
        return await exchange.answer({"tables": [], "issues": as_json(refused.issues)})
    tables = [
        {
            "name": table["name"],
            "columns": [
                {name: column.get(name) or "" for name in SHOWN} for column in table["columns"]
            ],
        }
        for table in known.tables
    ]
    await exchange.answer({"tables": tables, "issues": as_json(known.issues)})
