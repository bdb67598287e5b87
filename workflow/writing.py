"""The SQL of a question, of a query expression, or of both: by a model, or compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from registry.gateway import calls
from registry.state.service import service
from workflow.answers import SQLAnswer
from workflow.asker import Asker
from workflow.asking import style_for, task_of
from workflow.attempts import first_answer
from workflow.confirming.examples import with_examples
from workflow.inside import access_for
from workflow.meanings.cited import cited
from workflow.pipeline.repair import Task
from workflow.pipeline.steps import drive
from workflow.pipeline.write import Written, compiled, write

if TYPE_CHECKING:
    from core.access import Access
    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.asker import Report
    from workflow.bodies import WriteSQL
    from workflow.readings.readings import Readings
    from workflow.subject import SchemaSubject


async def written_for(
    body: WriteSQL,
    question: str,
    subject: SchemaSubject,
    access: Access,
    call: Call,
    report: Report | None,
) -> tuple[Written, Resolution | None]:
    """Return SQL, and the model that wrote it; None if it was compiled. Raises PortalError."""
    if body.mode == "compile" or (body.mode == "auto" and not question):
        return await _compiled(body, question, subject, Asker(None, call, report)), None
    if not question:
        raise PortalError("invalid_request", "A model needs a `question`.", param="question")
    access = await access_for(access, subject, [question, body.ir])
    resolution = calls.choose(
        service.current, "sql", body.model or "", access, fallback=body.fallback
    )
    subject = await with_examples(question, subject, access, call)
    return await first_answer(
        resolution,
        call,
        report,
        lambda asker: _written(body, question, subject, asker),
        forgiving=body.ir is not None,
        database=subject.database,
        near=subject.near,
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


def sql_answer(
    written: Written,
    subject: SchemaSubject,
    resolution: Resolution | None,
    seconds: float,
    *,
    readings: Readings | None,
    **grounds: Any,
) -> SQLAnswer:
    """Return the answer of /v1/sql. `grounds` are its `basis`, `doubts` and so on."""
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
        **grounds,
    )
