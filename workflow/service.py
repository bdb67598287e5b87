"""
Questions for models: which model is asked, how, and what the portal answers.

The API, the pages and `manage.py sql` call `build_ir` and `write_sql`; all get the same answer.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.errors import PortalError
from queryexpr.dialects.all import TITLES, find_name
from queryexpr.gate.operations import Operation
from registry import usage
from registry.gateway import calls
from registry.state.service import service
from workflow.answers import IRAnswer, Preview, SQLAnswer
from workflow.pipeline.build import build
from workflow.pipeline.forms import Form, form_of, weaker
from workflow.pipeline.repair import Task
from workflow.pipeline.steps import Ask, Progress, Reply, drive
from workflow.pipeline.write import ModelFailed, Style, Written, compiled, write
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from core.access import Groups
    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.bodies import BuildIR, WriteSQL
    from workflow.pipeline.outcomes import Result
    from workflow.pipeline.steps import Step
    from workflow.subject import SchemaSubject

Report = Callable[[Progress], Awaitable[None]]
RESERVED_TOKENS = 2_000  # of a context window, for the reply and the prompt beside the schema
CHARS_A_TOKEN = 3


async def build_ir(
    body: BuildIR,
    subject: SchemaSubject,
    groups: Groups | None,
    call: Call,
    report: Report | None = None,
) -> IRAnswer:
    """Return the query expression of a question, judged. Raises PortalError."""
    began = time.monotonic()
    if not body.question.strip():
        raise PortalError("invalid_request", "Write a question.", param="question")
    resolution = calls.choose(service.current, "chat", body.model or "", groups)
    subject.check_may_see(resolution)
    result = await _built(body, subject, _Asker(resolution, call, report))
    sql = result.judgement.sql
    preview = Preview(subject.dialect, sql) if sql else None
    return IRAnswer.of(result, resolution, time.monotonic() - began, sql_preview=preview)


async def _built(body: BuildIR, subject: SchemaSubject, asker: _Asker) -> Result:
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
    groups: Groups | None,
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
        written = await _compiled(body, question, subject, _Asker(None, call, report))
    elif not question:
        raise PortalError("invalid_request", "A model needs a `question`.", param="question")
    else:
        resolution = calls.choose(service.current, "sql", body.model or "", groups)
        subject.check_may_see(resolution)
        asker = _Asker(resolution, call, report, forgiving=body.ir is not None)
        task = task_of(question, subject, resolution, body.repairs)
        written = await drive(write(task, _style(resolution), body.ir), asker.answer)
    return _sql_answer(written, subject, resolution, time.monotonic() - began)


async def _compiled(
    body: WriteSQL, question: str, subject: SchemaSubject, asker: _Asker
) -> Written:
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


class _Asker:
    """Answers the steps of a policy. `forgiving`: a policy may go on without the model."""

    def __init__(
        self,
        resolution: Resolution | None,
        call: Call,
        report: Report | None,
        *,
        forgiving: bool = False,
    ) -> None:
        self._resolution = resolution
        self._call = call
        self._report = report
        self._forgiving = forgiving
        self.replies = 0

    @property
    def chosen(self) -> Resolution:
        assert self._resolution is not None, "without a model no policy asks one"
        return self._resolution

    async def answer(self, step: Step) -> Any:
        """Return the result of a step. Raises Refused, PortalError, ModelFailed."""
        if isinstance(step, Operation):
            return await sandbox.run(step)
        if isinstance(step, Progress):
            return await self._report(step) if self._report else None
        try:
            reply = await self._ask(step)
        except PortalError as error:
            if self._forgiving:
                raise ModelFailed(error.message) from None
            raise
        self.replies += 1
        usage.count_usage(self.chosen.provider.name, reply.usage)
        return reply

    async def _ask(self, ask: Ask) -> Reply:
        body: dict[str, Any] = {"temperature": 0}
        if ask.stop:
            body["stop"] = list(ask.stop)
        if ask.prompt:
            body["prompt"] = ask.prompt
            completion = await calls.complete(self.chosen, body, self._call)
            return Reply(completion.text, completion.finish_reason, completion.usage)
        if ask.response_format:
            body["response_format"] = ask.response_format
        body["messages"] = list(ask.messages)
        return _reply(await calls.chat(self.chosen, body, self._call))


def _reply(answer: dict[str, Any]) -> Reply:
    """Return the reply in an OpenAI `chat.completion`."""
    choice = (answer.get("choices") or [{}])[0]
    content = (choice.get("message") or {}).get("content")
    text = content if isinstance(content, str) else ""
    return Reply(text, choice.get("finish_reason"), answer.get("usage"))
