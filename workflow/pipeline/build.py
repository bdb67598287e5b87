"""Question → query expression."""

from __future__ import annotations

from dataclasses import dataclass, replace

from queryexpr.gate.operations import Context, Document, Judgement, Operation, check_ir
from queryexpr.issues import Issue, errors
from workflow.pipeline import prompts
from workflow.pipeline.fixes import fixed
from workflow.pipeline.forms import response_format
from workflow.pipeline.outcomes import Result
from workflow.pipeline.repair import Task, ask_and_repair
from workflow.pipeline.replies import Declined, Query, read_reply
from workflow.pipeline.steps import Ask, Policy, Progress, Reply

NOT_JSON = Issue("not_json", "The reply has no JSON object of the form that was asked for.")
CUT = Issue("cut", "The reply was cut off before its end. Answer with a shorter query.")


def build(task: Task) -> Policy[Result]:
    """Ask a model for a query expression; see `repair.ask_and_repair`."""
    return ask_and_repair(task, _Author(task), task.form)


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
        judgement: Judgement = yield self._check(meaning.document)
        document, notes = fixed(judgement)
        if document is not None:  # an error with one remedy needs no model
            again: Judgement = yield self._check(document)
            if not errors(again.issues):
                return replace(again, issues=(*again.issues, *notes))
        return judgement

    def again(self, ask: Ask, reply: str, issues: tuple[Issue, ...]) -> Ask:
        return replace(ask, messages=(*ask.messages[:2], *prompts.repair(reply, issues)))

    def _check(self, document: Document) -> Operation[Judgement]:
        return check_ir(document, self.task.dialect, self.task.schema)
