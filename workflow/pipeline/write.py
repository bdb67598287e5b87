"""Question, query expression or both → SQL: compiled, written by a model, or both and compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from queryexpr.gate.operations import Agreement, Document, Judgement, check_ir, compare
from queryexpr.issues import Issue, Refused, errors
from workflow.pipeline.author import SQLAuthor, Style
from workflow.pipeline.outcomes import Result
from workflow.pipeline.repair import Task, ask_and_repair
from workflow.pipeline.replies import Unanswerable
from workflow.pipeline.steps import Policy

MAX_REASONS = 2
Agreed = Literal["same", "different", "n/a"]
Origin = Literal["model", "compiled"]


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
        result = yield from ask_and_repair(task, SQLAuthor(task, style))
        return Written(result, "model" if result.valid else None)
    reference = yield from compiled(task, ir)
    if not reference.result.valid:
        return reference
    explanation = reference.result.judgement.explanation
    try:
        result = yield from ask_and_repair(task, SQLAuthor(task, style, explanation))
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
