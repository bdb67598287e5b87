"""Question → query expression: prompt, reply, judgement, repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow.pipeline import prompts
from workflow.pipeline.fixes import fixed
from workflow.pipeline.forms import Form, response_format
from workflow.pipeline.outcomes import Attempt, Result, error, has_errors
from workflow.pipeline.replies import Query, read_reply
from workflow.pipeline.steps import Ask, Do, Policy, Progress, Reply

NOT_JSON = error("not_json", "The reply has no JSON object of the form that was asked for.")
CUT = error("cut", "The reply was cut off before its end. Answer with a shorter query.")


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked. `schema` is DDL or `{"tables": …}`; `budget` is in characters of DDL."""

    question: str
    schema: Any
    dialect: str
    title: str  # of the dialect, for people and models
    form: Form = "none"
    repairs: int = 2
    budget: int = 24_000


def build(task: Task) -> Policy[Result]:
    """Ask a model for a query expression until one is valid, at most `task.repairs` times more.

    It stops early when a model repeats itself. The best attempt is kept, with its issues.
    """
    result = Result()
    context = yield Do("context", _context(task))
    if refused := context.get("refused"):
        result.issues = refused
        return result
    result.dropped = context["dropped"]
    simple = task.form == "simple"
    messages = prompts.ask_for_ir(context["ddl"], task.question, task.title, simple=simple)
    for attempt in range(1 + task.repairs):
        yield Progress("ask", attempt + 1)
        reply = yield Ask(messages, response_format=response_format(task.form, context["reply"]))
        result.count(reply.usage)
        before = result.attempts[-1] if result.attempts else None
        judged = yield from _judge(task, reply, result)
        if judged is None or not has_errors(judged["issues"]):
            return result
        _keep_better(result, judged)
        if before and (before.text, before.issues) == (reply.text, judged["issues"]):
            return result  # it would say the same again
        messages = (*messages[:2], *prompts.repair(reply.text, judged["issues"]))
    return result


def _context(task: Task) -> dict[str, Any]:
    return {"schema": task.schema, "dialect": task.dialect, "question": task.question,
            "budget": task.budget, "form": task.form}  # fmt: skip


def _judge(task: Task, reply: Reply, result: Result) -> Policy[dict[str, Any] | None]:
    """Judge one reply. Returns None if it is none to judge: the model chose not to answer."""
    attempt = Attempt(reply.text, finish_reason=reply.finish_reason)
    result.attempts.append(attempt)
    meaning = read_reply(reply.text)
    if meaning is None:
        attempt.issues = [CUT if reply.finish_reason == "length" else NOT_JSON]
        return {"issues": attempt.issues}
    if not isinstance(meaning, Query):
        result.note(meaning)
        return None
    yield Progress("check", len(result.attempts))
    judged = yield Do("ir", _to_judge(task, meaning.document))
    document, notes = fixed(judged)
    if document is not None:  # what has one answer needs no model
        again = yield Do("ir", _to_judge(task, document))
        if not has_errors(_issues(again)):
            judged = {**again, "issues": [*again["issues"], *notes]}
    attempt.issues = _issues(judged)
    if not has_errors(attempt.issues):
        result.outcome, result.judged, result.issues = "ok", judged, attempt.issues
    return {**judged, "issues": attempt.issues}


def _issues(judged: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = judged.get("refused") or judged.get("issues") or []
    return found


def _to_judge(task: Task, document: dict[str, Any]) -> dict[str, Any]:
    return {"ir": document, "target": task.dialect, "schema": task.schema}


def _keep_better(result: Result, judged: dict[str, Any]) -> None:
    """Keep the attempt with the fewest mistakes; what could be read comes first."""
    if not result.issues or _rank(judged) < _rank({**result.judged, "issues": result.issues}):
        result.judged, result.issues = judged, judged["issues"]


def _rank(judged: dict[str, Any]) -> tuple[bool, int]:
    return (judged.get("ir") is None, len(judged["issues"]))
