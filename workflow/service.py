"""
Questions for models: which model is asked, how, and what the portal answers.

The API, the pages and `manage.py sql` call `build_ir` and `write_sql`; all get the same answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.errors import PortalError
from queryexpr.dialects.all import TITLES, find_name
from registry.gateway import calls
from registry.gateway.marking import marked_aside
from registry.state.service import service
from workflow.answers import IRAnswer, Preview, SQLAnswer
from workflow.asker import Asker
from workflow.attempts import first_answer
from workflow.pipeline.build import build
from workflow.pipeline.forms import Form, form_of, weaker
from workflow.pipeline.repair import Task
from workflow.pipeline.steps import drive
from workflow.pipeline.write import Style, Written, compiled, write

if TYPE_CHECKING:
    from core.access import Access
    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.asker import Report
    from workflow.bodies import BuildIR, WriteSQL
    from workflow.pipeline.outcomes import Result
    from workflow.subject import SchemaSubject

RESERVED_TOKENS = 2_000  # of a context window, for the reply and the prompt beside the schema
CHARS_A_TOKEN = 3


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
    access = await _access(access, subject, [body.question, body.schema])
    resolution = calls.choose(
        service.current, "chat", body.model or "", access, fallback=body.fallback
    )
    result, resolution = await first_answer(
        resolution, call, report, lambda asker: _built(body, subject, asker)
    )
    sql = result.judgement.sql
    preview = Preview(subject.dialect, sql) if sql else None
    return IRAnswer.of(result, resolution, time.monotonic() - began, sql_preview=preview)


async def _access(access: Access, subject: SchemaSubject, content: list[Any]) -> Access:
    """Return the access of a request about a subject, which may stay in the house."""
    access = access.limited(local_only=subject.local_only)
    return await marked_aside(service.current, access, content)


async def _built(body: BuildIR, subject: SchemaSubject, asker: Asker) -> Result:
    """Ask in the strongest form that the model's server takes."""
    resolution = asker.chosen
    form = form_of(resolution)
    while True:
        task = task_of(body.question, subject, resolution, body.repairs, form)
        try:
            return await drive(build(task), asker.answer)
        except PortalError as error:
            following = weaker(resolution, form) if error.code == "provider_rejected" else None
            if following is None or asker.replies:
                raise
            form = following


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
    resolution = None
    if body.mode == "compile" or (body.mode == "auto" and not question):
        written = await _compiled(body, question, subject, Asker(None, call, report))
    elif not question:
        raise PortalError("invalid_request", "A model needs a `question`.", param="question")
    else:
        access = await _access(access, subject, [question, body.schema, body.ir])
        resolution = calls.choose(
            service.current, "sql", body.model or "", access, fallback=body.fallback
        )
        written, resolution = await first_answer(
            resolution,
            call,
            report,
            lambda asker: _written(body, question, subject, asker),
            forgiving=body.ir is not None,
        )
    return _sql_answer(written, subject, resolution, time.monotonic() - began)


async def _written(body: WriteSQL, question: str, subject: SchemaSubject, asker: Asker) -> Written:
    task = task_of(question, subject, asker.chosen, body.repairs)
    return await drive(write(task, _style(asker.chosen), body.ir), asker.answer)


async def _compiled(body: WriteSQL, question: str, subject: SchemaSubject, asker: Asker) -> Written:
    if body.ir is None:
        message = "mode 'compile' needs an `ir`. Without one, ask with a `question`."
        raise PortalError("invalid_request", message, param="ir")
    task = Task(question, subject.schema, subject.dialect, subject.title)
    return await drive(compiled(task, body.ir), asker.answer)


def _sql_answer(
    written: Written, subject: SchemaSubject, resolution: Resolution | None, seconds: float
) -> SQLAnswer:
    result, judgement = written.result, written.result.judgement
    return SQLAnswer.of(
        result,
        resolution,
        seconds,
        sql=judgement.sql if result.valid else None,
        dialect=subject.dialect,
        source=written.source,
        agreement=written.agreement,
        compiled_sql=written.compiled and written.compiled.sql,
        tables=judgement.tables,
        columns=judgement.columns,
        binding=judgement.binding,
    )


def task_of(
    question: str,
    subject: SchemaSubject,
    resolution: Resolution,
    repairs: int | None,
    form: Form = "none",
) -> Task:
    """Return the task of asking a model about a subject, within what fits its context."""
    return Task(
        question,
        subject.schema,
        subject.dialect,
        subject.title,
        form,
        settings.SQL_REPAIRS if repairs is None else repairs,
        _budget(resolution),
    )


def _budget(resolution: Resolution) -> int:
    """Return how many characters of a schema fit into the model's context."""
    window = resolution.model.ref.context_window if resolution.model else None
    limit: int = settings.SQL_SCHEMA_CHARS
    if not window:
        return limit
    return min(limit, max(window - RESERVED_TOKENS, window // 3) * CHARS_A_TOKEN)


def _style(resolution: Resolution) -> Style:
    ref = resolution.model.ref if resolution.model else None
    if ref is None:
        return Style()
    native = find_name(ref.native_dialect or "") or ""
    return Style(ref.prompt or "", ref.stop, native, TITLES.get(native, ""), ref.raw)
