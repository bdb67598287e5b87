"""Question, query expression or both → SQL: compiled, written by a model, or both and compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from queryexpr.gate.operations import (
    Agreement,
    Context,
    Document,
    Judgement,
    check_ir,
    check_sql,
    compare,
)
from queryexpr.issues import Issue, Refused, errors
from workflow.pipeline import prompts
from workflow.pipeline.outcomes import Result
from workflow.pipeline.repair import Task, ask_and_repair
from workflow.pipeline.replies import Declined, Unanswerable, read_sql
from workflow.pipeline.steps import Ask, Policy, Progress, Reply

NO_SQL = Issue("no_sql", "The reply has no SELECT statement.")
_UNREAD = {"syntax", "statements"}  # no SQL, or prose behind it
MAX_REASONS = 2
MAX_COMMENTS = 3  # about errors, in a raw prompt
Agreed = Literal["same", "different", "n/a"]
Origin = Literal["model", "compiled"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a model is asked for SQL, from models.yaml."""

    prompt: str = ""
    stop: tuple[str, ...] = ()
    native: str = ""  # the dialect that it writes
    native_title: str = ""
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The SQL, and where it is from. `compiled` is what it is compared with, or None."""

    result: Result
    source: Origin | None = None
    compiled: Judgement | None = None
    agreement: Agreed = "n/a"


class ModelFailed(Exception):
    """A model could not be asked. `message` is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def compiled(task: Task, ir: Document) -> Policy[Written]:
    """Write a query expression as SQL, without a model."""
    judgement: Judgement = yield check_ir(ir, task.dialect, task.schema)
    result = Result("invalid" if errors(judgement.issues) else "ok", judgement)
    return Written(result, "compiled" if result.valid else None, judgement)


def write(task: Task, style: Style, ir: Document | None) -> Policy[Written]:
    """Ask a model for SQL. SQL compiled from `ir` is compared with it, and is the fallback."""
    if ir is None:
        result = yield from ask_and_repair(task, _Author(task, style))
        return Written(result, "model" if result.valid else None)
    reference = yield from compiled(task, ir)
    if not reference.result.valid:
        return reference
    explanation = reference.result.judgement.explanation
    try:
        result = yield from ask_and_repair(task, _Author(task, style, explanation))
    except ModelFailed as failed:
        issue = Issue("model_error", failed.message)
        result = Result("model_error", Judgement(issues=(issue,)))
    if not result.valid:
        return _fallback(reference.result.judgement, result)
    agreement = yield from _compared(task, reference.result.judgement, result.judgement)
    return Written(result, "model", reference.compiled, agreement)


def _fallback(judgement: Judgement, result: Result) -> Written:
    """Return the compiled SQL, and the reason not to use the model's."""
    issues = (*judgement.issues, _unused(result))
    judged = replace(judgement, issues=issues)
    kept = Result("ok", judged, result.attempts, result.usage, dropped=result.dropped)
    return Written(kept, "compiled", judgement)


def _unused(result: Result) -> Issue:
    reasons = [issue.message for issue in errors(result.judgement.issues)]
    if isinstance(result.declined, Unanswerable):
        reasons = [result.declined.reason]
    reason = " ".join(reasons[:MAX_REASONS]) or "It returned no valid SQL."
    message = f"The SQL was compiled from the query, not written by the model: {reason}"
    return Issue("model_sql_unused", message, severity="warning")


def _compared(task: Task, reference: Judgement, judgement: Judgement) -> Policy[Agreed]:
    try:
        agreement: Agreement = yield compare(reference.ir, judgement.ir, task.dialect, task.schema)
    except Refused:
        return "different"
    return "same" if agreement.same else "different"


@dataclass(frozen=True, slots=True)
class _Author:
    """`explanation` describes a query that is known already."""

    task: Task
    style: Style
    explanation: tuple[str, ...] = ()

    def first(self, context: Context) -> Ask:
        task, style = self.task, self.style
        title = style.native_title or task.title
        if not style.prompt:
            messages = prompts.ask_for_sql(context.ddl, task.question, title, self.explanation)
            return Ask(messages, stop=style.stop)
        parts = {"schema": context.ddl, "dialect": title, "question": task.question}
        text = prompts.fill(style.prompt, **parts, explanation="\n".join(self.explanation))
        if style.raw:
            return Ask(prompt=text, stop=style.stop)
        return Ask(({"role": "user", "content": text},), stop=style.stop)

    def judge(self, reply: Reply, attempt: int) -> Policy[Judgement | Declined]:
        readings = read_sql(reply.text)
        if isinstance(readings, Unanswerable):
            return readings
        if not readings:
            return Judgement(issues=(NO_SQL,))
        yield Progress("check", attempt)
        return (yield from self._first_that_parses(readings))

    def _first_that_parses(self, readings: tuple[str, ...]) -> Policy[Judgement]:
        """Judge the readings of a reply, until one is SQL; the first is what is reported else."""
        native = self.style.native or self.task.dialect
        judgements: list[Judgement] = []
        for sql in readings:
            judged: Judgement = yield check_sql(sql, native, self.task.dialect, self.task.schema)
            if not any(issue.code in _UNREAD for issue in judged.issues):
                return judged
            judgements.append(judged)
        return judgements[0]

    def again(self, ask: Ask, reply: str, issues: tuple[Issue, ...]) -> Ask:
        """Return the request to repair. A raw model gets the errors as comments."""
        if not ask.prompt:
            return replace(ask, messages=(*ask.messages[:2], *prompts.repair(reply, issues)))
        comments = "".join(f"-- Mistake before: {i.message}\n" for i in issues[:MAX_COMMENTS])
        return replace(ask, prompt=f"{ask.prompt.rstrip()}\n{comments}")
