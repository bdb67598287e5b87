"""
Questions for models: which model is asked, how, and what the portal answers.

The API, the pages and `manage.py sql` call `build_ir` and `write_sql`; all get the same answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from registry.gateway import calls
from registry.state.service import service
from workflow.answers import IRAnswer, Preview, SQLAnswer
from workflow.asking import built
from workflow.attempts import first_answer
from workflow.basis import author_named, basis_of
from workflow.changing import is_unchanged, to_change
from workflow.confirming.answered import answered
from workflow.confirming.examples import with_examples
from workflow.confirming.written import of_ir, of_sql
from workflow.doubts.answer import doubts_about
from workflow.doubts.doubt import doubt
from workflow.inside import access_for
from workflow.meanings.cited import cited
from workflow.meanings.never import refusal
from workflow.near.near import with_near
from workflow.readings.answer import Authors, basis_of_sql, readings_of
from workflow.writing import sql_answer, written_for

if TYPE_CHECKING:
    from core.access import Access
    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.asker import Report
    from workflow.bodies import BuildIR, WriteSQL
    from workflow.pipeline.outcomes import Result
    from workflow.subject import SchemaSubject


async def build_ir(
    body: BuildIR,
    subject: SchemaSubject,
    access: Access,
    call: Call,
    report: Report | None = None,
) -> IRAnswer:
    """Return the query expression of a question, judged. Raises PortalError."""
    began = time.monotonic()
    if not body.question.strip():
        raise PortalError("invalid_request", "Write a question.", param="question")
    if reason := refusal(subject.meanings, body.question):
        return IRAnswer(outcome="unanswerable", unanswerable=reason)
    own = body.mode == "auto" and body.ir is None
    if own and (kept := await answered(body.question, subject)):
        return of_ir(kept, subject, time.monotonic() - began)
    access = await access_for(access, subject, [body.question, body.ir])
    if body.ir is not None:
        access, subject = await to_change(access, subject)
    resolution = calls.choose(
        service.current, "chat", body.model or "", access, fallback=body.fallback
    )
    subject = await with_examples(body.question, subject, access, call)
    result, resolution = await first_answer(
        resolution,
        call,
        report,
        lambda asker: built(body.question, subject, asker, body.repairs, so_far=body.ir),
        database=subject.database,
        near=subject.near,
    )
    result.judgement = await with_near(result.judgement, subject)
    basis = basis_of(resolution)
    doubts = await doubts_about(body.question, result.judgement, subject, basis, resolution)
    if body.ir is not None and await is_unchanged(body.ir, result.judgement, subject):
        doubts = (doubt("unchanged"), *doubts)
    seconds = time.monotonic() - began
    return _ir_answer(result, resolution, subject, seconds, basis=basis, doubts=doubts)


def _ir_answer(
    result: Result, resolution: Resolution, subject: SchemaSubject, seconds: float, **grounds: Any
) -> IRAnswer:
    """Return the answer of /v1/ir/build. `grounds` are its `basis` and `doubts`."""
    sql = result.judgement.sql
    preview = Preview(subject.dialect, sql) if sql else None
    return IRAnswer.of(
        result,
        resolution,
        seconds,
        schema_issues=subject.issues,
        values=subject.values_for(resolution),
        meanings=cited(result.judgement.meanings, subject.meanings),
        sql_preview=preview,
        **grounds,
    )


async def write_sql(
    body: WriteSQL,
    subject: SchemaSubject,
    access: Access,
    call: Call,
    report: Report | None = None,
) -> SQLAnswer:
    """Return the SQL of a question or of a query expression, judged. Raises PortalError."""
    began = time.monotonic()
    question = (body.question or "").strip()
    if not question and body.ir is None:
        message = "Give a `question`, an `ir`, or both."
        raise PortalError("invalid_request", message, param="question")
    if reason := refusal(subject.meanings, question):
        return SQLAnswer(outcome="unanswerable", unanswerable=reason, dialect=subject.dialect)
    if body.mode == "auto" and body.ir is None and (kept := await answered(question, subject)):
        return of_sql(kept, subject, time.monotonic() - began)
    named = author_named(service.current, body.written_by, access.groups) if body.ir else None
    written, resolution = await written_for(body, question, subject, access, call, report)
    written.result.judgement = await with_near(written.result.judgement, subject)
    authors = Authors(resolution, named)
    readings = await readings_of(written, authors, subject)
    basis = basis_of_sql(written, authors, readings)
    author = authors.of(written)
    doubts = await doubts_about(question, written.result.judgement, subject, basis, author)
    return sql_answer(
        written,
        subject,
        resolution,
        time.monotonic() - began,
        basis=basis,
        doubts=doubts,
        readings=readings,
    )
