"""Question → query expression: written as such by a model, or lifted from its SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace

from queryexpr.gate.operations import Context, Judgement
from queryexpr.issues import Issue
from workflow.pipeline import prompts
from workflow.pipeline.author import CUT, SQLAuthor, Style, judge_document
from workflow.pipeline.forms import response_format
from workflow.pipeline.outcomes import Result
from workflow.pipeline.repair import Task, ask_and_repair
from workflow.pipeline.replies import Declined, Query, read_reply
from workflow.pipeline.steps import Ask, Policy, Progress, Reply

NOT_JSON = Issue("not_json", "The reply has no JSON object of the form that was asked for.")


LIMITED = Issue(
    "limited_form",
    "The model could only choose among simple queries: one or two tables, one condition. Check "
    "that this is what was asked.",
    severity="warning",
)


def lifted(task: Task, style: Style) -> Policy[Result]:
    """Ask a model for SQL, and return the query expression that is in it."""
    return ask_and_repair(task, SQLAuthor(task, style))


def build(task: Task) -> Policy[Result]:
    """Ask a model for a query expression; see `repair.ask_and_repair`."""
    result = yield from ask_and_repair(task, _Author(task), task.form)
    if task.form == "simple" and result.judgement.ir is not None:
        issues = (*result.judgement.issues, LIMITED)
        result.judgement = replace(result.judgement, issues=issues)
    return result


@dataclass(frozen=True, slots=True)
class _Author:
    task: Task

    def first(self, context: Context) -> Ask:
        task = self.task
        simple = task.form == "simple"
        messages = prompts.ask_for_ir(context.ddl, task.question, task.title, simple=simple)
        return Ask(messages, response_format=response_format(task.form, context.reply))

    def judge(self, reply: Reply, attempt: int) -> Policy[Judgement | Declined]:
        meaning = read_reply(reply.text)
        if meaning is None:
            return Judgement(issues=(CUT if reply.finish_reason == "length" else NOT_JSON,))
        if not isinstance(meaning, Query):
            return meaning
        yield Progress("check", attempt)
        return (yield from judge_document(self.task, meaning.document))

    def again(self, ask: Ask, reply: str, issues: tuple[Issue, ...]) -> Ask:
        return replace(ask, messages=(*ask.messages[:2], *prompts.repair(reply, issues)))
