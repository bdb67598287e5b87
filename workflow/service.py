"""
Questions for models: which model is asked, how, and what the portal answers.

The API, the pages and `manage.py sql` call `build_ir` and `write_sql`; all get the same answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from registry.gateway import calls
from registry.gateway.marking import marked_aside
from registry.state.service import service
from workflow.answers import IRAnswer, Preview, SQLAnswer
from workflow.asker import Asker
from workflow.asking import built, style_for, task_of
from workflow.attempts import first_answer
from workflow.basis import author_named, basis_of
from workflow.confirming.answered import answered
from workflow.confirming.examples import with_examples
from workflow.confirming.written import of_ir, of_sql
from workflow.doubts.answer import doubts_about
from workflow.meanings.cited import cited
from workflow.meanings.never import refusal
from workflow.near.near import with_near
from workflow.pipeline.repair import Task
from workflow.pipeline.steps import drive
from workflow.pipeline.write import Written, compiled, write
from workflow.readings.answer import Authors, basis_of_sql, readings_of

if TYPE_CHECKING:
    from core.access import Access
    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.asker import Report
    from workflow.bodies import BuildIR, WriteSQL
    from workflow.readings.readings import Readings
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
    if kept := await answered(body.question, subject):
        return of_ir(kept, subject, time.monotonic() - began)
    access = await _access(access, subject, [body.question])
    resolution = calls.choose(
        service.current, "chat", body.model or "", access, fallback=body.fallback
    )
    subject = await with_examples(body.question, subject, access, call)
    result, resolution = await first_answer(
        resolution,
        call,
        report,
        lambda asker: built(body.question, subject, asker, body.repairs),
        database=subject.database,
        near=subject.near,
    )
    result.judgement = await with_near(result.judgement, subject)
    sql = result.judgement.sql
    preview = Preview(subject.dialect, sql) if sql else None
    basis = basis_of(resolution)
    doubts = await doubts_about(body.question, result.judgement, subject, basis, resolution)
    return IRAnswer.of(
        result,
        resolution,
        time.monotonic() - began,
        basis=basis,
        doubts=doubts,
        schema_issues=subject.issues,
        values=subject.values_for(resolution),
        meanings=cited(result.judgement.meanings, subject.meanings),
        sql_preview=preview,
    )


async def _access(access: Access, subject: SchemaSubject, content: list[Any]) -> Access:
    """Return the access of a request about a subject, which may stay in the house.

    A model reads the schema, too, wherever that is from.
    """
    access = access.limited(local_only=subject.local_only)
    return await marked_aside(service.current, access, [*content, subject.schema])


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
    registry, resolution = service.current, None
    named = author_named(registry, body.written_by, access.groups) if body.ir else None
    if body.mode == "compile" or (body.mode == "auto" and not question):
        written = await _compiled(body, question, subject, Asker(None, call, report))
    elif not question:
        raise PortalError("invalid_request", "A model needs a `question`.", param="question")
    else:
        access = await _access(access, subject, [question, body.ir])
        resolution = calls.choose(registry, "sql", body.model or "", access, fallback=body.fallback)
        subject = await with_examples(question, subject, access, call)
        written, resolution = await first_answer(
            resolution,
            call,
            report,
            lambda asker: _written(body, question, subject, asker),
            forgiving=body.ir is not None,
            database=subject.database,
            near=subject.near,
        )
    written.result.judgement = await with_near(written.result.judgement, subject)
    authors = Authors(resolution, named)
    readings = await readings_of(written, authors, subject)
    basis = basis_of_sql(written, authors, readings)
    author = authors.of(written)
    doubts = await doubts_about(question, written.result.judgement, subject, basis, author)
    return _sql_answer(
        written,
        subject,
        resolution,
        time.monotonic() - began,
        basis=basis,
        doubts=doubts,
        readings=readings,
    )


async def _written(body: WriteSQL, question: str, subject: SchemaSubject, asker: Asker) -> Written:
    task = task_of(question, subject, asker.chosen, body.repairs)
    style = style_for(asker.chosen, subject)
    return await drive(write(task, style, body.ir), asker.answer)


async def _compiled(body: WriteSQL, question: str, subject: SchemaSubject, asker: Asker) -> Written:
    if body.ir is None:
        message = "mode 'compile' needs an `ir`. Without one, ask with a `question`."
        raise PortalError("invalid_request", message, param="ir")
    task = Task(question, subject.schema, subject.dialect, subject.title)
    return await drive(compiled(task, body.ir), asker.answer)


def _sql_answer(
    written: Written,
    subject: SchemaSubject,
    resolution: Resolution | None,
    seconds: float,
    *,
    readings: Readings | None,
    **told: Any,
) -> SQLAnswer:
    result, judgement = written.result, written.result.judgement
    return SQLAnswer.of(
        result,
        resolution,
        seconds,
        schema_issues=subject.issues,
        values=subject.values_for(resolution),
        meanings=cited(judgement.meanings, subject.meanings),
        sql=judgement.sql if result.valid else None,
        dialect=subject.dialect,
        source=written.source,
        agreement=written.agreement,
        compiled_sql=written.compiled and written.compiled.sql,
        tables=judgement.tables,
        columns=judgement.columns,
        binding=judgement.binding,
        readings=readings,
        worlds=readings.worlds if readings else None,
        **told,
    )
