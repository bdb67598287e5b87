"""
The workflow's policies, driven for a caller: which model, how it is asked, and what is answered.

The API and the pages call `build_ir` and `write_sql`; both get the same answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.errors import PortalError
from queryexpr.dialects.all import TITLES, find_name
from registry.gateway import calls as complete
from registry.state.service import service
from registry.usage import count_usage
from workflow.pipeline.build import Task, build
from workflow.pipeline.forms import form_of, weaker
from workflow.pipeline.outcomes import Result
from workflow.pipeline.steps import Ask, Do, Progress, Reply, drive
from workflow.pipeline.write import ModelFailed, Style, Written, compiled, write
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.auth import Principal
    from core.http.call import Call
    from registry.entities import Resolution
    from workflow.bodies import BuildIR, WriteSQL
    from workflow.pipeline.steps import Step
    from workflow.subject import Subject

    Tell = Callable[[dict[str, Any]], Awaitable[None]]

Answer = dict[str, Any]
RESERVED = 2_000  # tokens of a context window, for the reply and what is told beside the schema
CHARS_A_TOKEN = 3


async def build_ir(
    body: BuildIR, subject: Subject, principal: Principal, call: Call, tell: Tell | None = None
) -> Answer:
    """Return the query expression of a question, judged. Raises PortalError."""
    began = time.monotonic()
    if not body.question.strip():
        raise PortalError("invalid_request", "Write a question.", param="question")
    resolution = complete.choose(service.current, "chat", body.model or "", principal.groups)
    subject.may_tell(resolution)
    form = form_of(resolution)
    while True:
        task = task_of(body.question, subject, resolution, body.repairs, form=form)
        asker = _Asker(resolution, call, tell)
        try:
            result = await drive(build(task), asker.answer)
            break
        except PortalError as error:
            following = weaker(resolution, form) if error.code == "provider_rejected" else None
            if following is None or asker.replies:
                raise
            form = following
    return {**ir_answer(result, subject), **_told(result, resolution, began)}


async def write_sql(
    body: WriteSQL,
    subject: Subject,
    principal: Principal,
    call: Call,
    tell: Tell | None = None,
) -> Answer:
    """Return the SQL of a question or of a query expression, judged. Raises PortalError."""
    began = time.monotonic()
    question = (body.question or "").strip()
    if not question and body.ir is None:
        message = "Give a `question`, an `ir`, or both."
        raise PortalError("invalid_request", message, param="question")
    if body.mode == "compile" or (body.mode == "auto" and not question):
        if body.ir is None:
            message = "mode 'compile' needs an `ir`. Without one, ask with a `question`."
            raise PortalError("invalid_request", message, param="ir")
        task = Task(question, subject.schema, subject.dialect, subject.title)
        written = await drive(compiled(task, body.ir), _Asker(None, call, tell).answer)
        return {**_sql_answer(written, subject), **_told(written.result, None, began)}
    if not question:
        raise PortalError("invalid_request", "A model needs a `question`.", param="question")
    resolution = complete.choose(service.current, "sql", body.model or "", principal.groups)
    subject.may_tell(resolution)
    task = task_of(question, subject, resolution, body.repairs)
    asker = _Asker(resolution, call, tell, forgiving=body.ir is not None)
    written = await drive(write(task, _style(resolution), body.ir), asker.answer)
    return {**_sql_answer(written, subject), **_told(written.result, resolution, began)}


def task_of(
    question: str, subject: Subject, resolution: Resolution, repairs: int | None, **more: Any
) -> Task:
    """Return the task of asking a model about a subject, within what fits its context."""
    return Task(
        question, subject.schema, subject.dialect, subject.title,
        repairs=settings.SQL_REPAIRS if repairs is None else repairs,
        budget=_budget(resolution), **more,
    )  # fmt: skip


def _budget(resolution: Resolution) -> int:
    """Return how many characters of a schema fit into the model's context."""
    window = resolution.model.ref.context_window if resolution.model else None
    most: int = settings.SQL_SCHEMA_CHARS
    return min(most, max(window - RESERVED, window // 3) * CHARS_A_TOKEN) if window else most


def _style(resolution: Resolution) -> Style:
    ref = resolution.model.ref if resolution.model else None
    if ref is None:
        return Style()
    native = find_name(ref.native_dialect or "") or ""
    return Style(ref.prompt or "", ref.stop, native, TITLES.get(native, ""), ref.raw)


class _Asker:
    """Answers the steps of a policy. `forgiving`: a model that fails is no failure of the whole."""

    def __init__(
        self,
        resolution: Resolution | None,
        call: Call,
        tell: Tell | None,
        *,
        forgiving: bool = False,
    ) -> None:
        self.resolution = resolution
        self.call = call
        self.tell = tell
        self.forgiving = forgiving
        self.replies = 0

    async def answer(self, step: Step) -> Any:
        if isinstance(step, Do):
            return await sandbox.run(step.name, step.arguments)
        if isinstance(step, Progress):
            if self.tell:
                await self.tell({"step": step.step, "attempt": step.attempt})
            return None
        try:
            reply = await self._ask(step)
        except PortalError as error:
            if self.forgiving:
                raise ModelFailed(error.message) from None
            raise
        self.replies += 1
        return reply

    async def _ask(self, ask: Ask) -> Reply:
        assert self.resolution is not None
        body: dict[str, Any] = {"temperature": 0}
        if ask.stop:
            body["stop"] = list(ask.stop)
        if ask.prompt:
            body["prompt"] = ask.prompt
            found = await complete.complete(self.resolution, body, self.call)
            count_usage(self.resolution.provider.name, found.usage)
            return Reply(found.text, found.finish_reason, found.usage)
        if ask.response_format:
            body["response_format"] = ask.response_format
        body["messages"] = list(ask.messages)
        said = await complete.chat(self.resolution, body, self.call)
        count_usage(self.resolution.provider.name, said.get("usage"))
        return reply_of(said)


def reply_of(said: dict[str, Any]) -> Reply:
    """Return what an OpenAI `chat.completion` says."""
    choice = (said.get("choices") or [{}])[0]
    content = (choice.get("message") or {}).get("content")
    text = content if isinstance(content, str) else ""
    return Reply(text, choice.get("finish_reason"), said.get("usage"))


def ir_answer(result: Result, subject: Subject) -> Answer:
    """Return what /v1/ir/build answers of the query itself."""
    judged = result.judged
    preview = {"dialect": subject.dialect, "sql": judged["sql"]} if judged.get("sql") else None
    return {
        "ir": judged.get("ir"),
        "valid": result.valid,
        "issues": result.issues,
        "explanation": judged.get("explanation", []),
        "sql_preview": preview,
    }


def _sql_answer(written: Written, subject: Subject) -> Answer:
    judged = written.result.judged
    return {
        "sql": judged.get("sql") if written.result.valid else None,
        "dialect": subject.dialect,
        "source": written.source,
        "valid": written.result.valid,
        "issues": written.result.issues,
        "ir": judged.get("ir"),
        "explanation": judged.get("explanation", []),
        "agreement": written.agreement,
        "compiled_sql": written.compiled.get("sql"),
        "tables": judged.get("tables", []),
        "columns": judged.get("columns"),
        "binding": judged.get("binding", ""),
    }


def _told(result: Result, resolution: Resolution | None, began: float) -> Answer:
    """Return what every answer of the workflow tells beside its query."""
    ambiguous, unanswerable = result.ambiguous, result.unanswerable
    return {
        "outcome": result.outcome,
        "ambiguous": ambiguous and {"term": ambiguous.term, "options": list(ambiguous.options)},
        "unanswerable": unanswerable and unanswerable.reason,
        "attempts": [attempt.as_dict() for attempt in result.attempts],
        "dropped": result.dropped,
        "usage": result.usage or None,
        "timing": {"total_ms": round((time.monotonic() - began) * 1000)},
        "resolution": resolution and resolution.as_dict(),
    }
