"""Question, query expression or both → SQL: compiled, written by a model, or both and compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from workflow.pipeline import prompts
from workflow.pipeline.build import Task
from workflow.pipeline.outcomes import Attempt, Result, error, has_errors
from workflow.pipeline.replies import Unanswerable, read_sql
from workflow.pipeline.steps import Ask, Do, Policy, Progress, Reply

NO_SQL = error("no_sql", "The reply has no SELECT statement.")
Agreement = Literal["same", "different", "n/a"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a model is asked for SQL: what models.yaml says of it."""

    prompt: str = ""
    stop: tuple[str, ...] = ()
    native: str = ""  # the dialect that it writes
    native_title: str = ""
    raw: bool = False


@dataclass(slots=True)
class Written:
    """The SQL, and where it came from. `compiled` is the reference, if a query was given."""

    result: Result
    source: Literal["model", "compiled"] | None = None
    compiled: dict[str, Any] = field(default_factory=dict)
    agreement: Agreement = "n/a"


def compiled(task: Task, ir: dict[str, Any]) -> Policy[Written]:
    """Write a query expression as SQL, without a model."""
    judged = yield Do("ir", {"ir": ir, "target": task.dialect, "schema": task.schema})
    issues = judged.get("refused") or judged["issues"]
    result = Result("invalid" if has_errors(issues) else "ok", judged, issues)
    return Written(result, "compiled" if result.valid else None, judged)


def write(task: Task, style: Style, ir: dict[str, Any] | None) -> Policy[Written]:
    """Ask a model for SQL. If `ir` is given, its compilation is compared, and the fallback."""
    if ir is None:
        result = yield from _ask(task, style, ())
        return Written(result, "model" if result.valid else None)
    reference = yield from compiled(task, ir)
    if not reference.result.valid:
        return reference
    try:
        result = yield from _ask(task, style, tuple(reference.compiled["explanation"]))
    except ModelFailed as failed:
        result = Result("model_error", issues=[error("model_error", failed.message)])
    return (yield from _chosen(task, reference, result))


def _chosen(task: Task, reference: Written, result: Result) -> Policy[Written]:
    """Return the model's SQL if it is valid, else the compiled one, and say why."""
    if not result.valid:
        judged = reference.compiled
        kept = Result("ok", judged, [*judged["issues"], _unused(result)], result.attempts,
                      result.usage, dropped=result.dropped)  # fmt: skip
        return Written(kept, "compiled", judged)
    told = yield Do("agreement", {"one": reference.compiled["ir"], "other": result.judged["ir"],
                                  "dialect": task.dialect, "schema": task.schema})  # fmt: skip
    agreement: Agreement = "same" if told.get("same") else "different"
    return Written(result, "model", reference.compiled, agreement)


def _unused(result: Result) -> dict[str, Any]:
    """Return the issue that tells why the model's SQL is not the answer."""
    why = [issue["message"] for issue in result.issues if issue["severity"] == "error"]
    if result.unanswerable:
        why = [result.unanswerable.reason]
    told = " ".join(why[:2]) or "It gave no valid one."
    message = f"The SQL was made from the query, without the model's: {told}"
    return {**error("model_sql_unused", message), "severity": "warning"}


class ModelFailed(Exception):
    """A model could not be asked. `message` is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _ask(task: Task, style: Style, explanation: tuple[str, ...]) -> Policy[Result]:
    result = Result()
    native = style.native or task.dialect
    context = yield Do("context", {
        "schema": task.schema, "dialect": task.dialect, "question": task.question,
        "budget": task.budget, "form": ""})  # fmt: skip
    if refused := context.get("refused"):
        result.issues = refused
        return result
    result.dropped = context["dropped"]
    ask = _first(task, style, context["ddl"], explanation)
    for attempt in range(1 + task.repairs):
        yield Progress("ask", attempt + 1)
        reply = yield ask
        result.count(reply.usage)
        before = result.attempts[-1] if result.attempts else None
        judged = yield from _judge(task, native, reply, result)
        if judged is None or result.valid:
            return result
        if not result.issues or len(judged["issues"]) < len(result.issues):
            result.judged, result.issues = judged, judged["issues"]
        if before and before.text == reply.text:
            return result
        ask = _again(ask, reply.text, judged["issues"])
    return result


def _first(task: Task, style: Style, ddl: str, explanation: tuple[str, ...]) -> Ask:
    title = style.native_title or task.title
    if not style.prompt:
        messages = prompts.ask_for_sql(ddl, task.question, title, explanation)
        return Ask(messages, stop=style.stop)
    filled = prompts.fill(style.prompt, schema=ddl, dialect=title, question=task.question,
                          explanation="\n".join(explanation))  # fmt: skip
    if style.raw:
        return Ask(prompt=filled, stop=style.stop)
    return Ask(({"role": "user", "content": filled},), stop=style.stop)


def _again(ask: Ask, said: str, issues: list[dict[str, Any]]) -> Ask:
    """Return the question that asks to mend. A raw model gets the mistakes as a comment."""
    if not ask.prompt:
        messages = (*ask.messages[:2], *prompts.repair(said, issues))
        return Ask(messages, stop=ask.stop)
    told = "".join(f"-- Mistake before: {issue['message']}\n" for issue in issues[:3])
    return Ask(prompt=f"{ask.prompt.rstrip()}\n{told}", stop=ask.stop)


def _judge(task: Task, native: str, reply: Reply, result: Result) -> Policy[dict[str, Any] | None]:
    attempt = Attempt(reply.text, finish_reason=reply.finish_reason)
    result.attempts.append(attempt)
    found = read_sql(reply.text)
    if isinstance(found, Unanswerable):
        result.note(found)
        return None
    if found is None:
        attempt.issues = [NO_SQL]
        return {"issues": attempt.issues}
    yield Progress("check", len(result.attempts))
    judged = yield Do("sql", {"sql": found, "source": native, "target": task.dialect,
                              "schema": task.schema})  # fmt: skip
    attempt.issues = judged.get("refused") or judged["issues"]
    if judged.get("valid"):
        result.outcome, result.judged, result.issues = "ok", judged, attempt.issues
    return {**judged, "issues": attempt.issues}
