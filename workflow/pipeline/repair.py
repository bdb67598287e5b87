"""Ask, judge, repair: the loop that both policies share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from queryexpr.gate.operations import Context, Judgement, Schema, prompt_context
from queryexpr.issues import Issue, Refused
from workflow.pipeline.forms import Form
from workflow.pipeline.outcomes import Result
from workflow.pipeline.replies import Declined
from workflow.pipeline.steps import Ask, Look, Policy, Progress, Reply, Try


@dataclass(frozen=True, slots=True)
class Task:
    """A question about a schema. `budget` is in characters of DDL.

    `remarks` follow the DDL in prompts, and `left_out` names what they have no room for.
    """

    question: str
    schema: Schema
    dialect: str
    title: str  # of the dialect, for people and models
    form: Form = "none"
    repairs: int = 2
    budget: int = 24_000
    remarks: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The words by which the parts of a large schema are chosen."""
        return f"{self.question}\n{self.remarks}".strip()


class Author(Protocol):
    """How a model is asked for one kind of query, and how its replies are judged."""

    def first(self, context: Context) -> Ask:
        """Return the question about a schema."""

    def judge(self, reply: Reply, attempt: int) -> Policy[Judgement | Declined]:
        """Judge a reply, unless the model declined to answer."""

    def again(self, ask: Ask, reply: str, issues: tuple[Issue, ...]) -> Ask:
        """Return the question that asks to repair `reply`."""


def ask_and_repair(task: Task, author: Author, form: str = "") -> Policy[Result]:
    """Ask until a reply is valid, at most `task.repairs` times more.

    It stops early when a model repeats itself. The best attempt is kept, with its issues. A local
    model may repair a valid query whose texts no row has; if that fails, the query stays.
    """
    result = Result()
    try:
        context: Context = yield prompt_context(
            task.schema, task.dialect, task.about, task.budget, form
        )
    except Refused as refused:
        result.judgement = Judgement(issues=refused.issues)
        return result
    result.dropped = (*context.dropped, *task.left_out)
    ask = author.first(_remarked(context, task))
    for attempt in range(1, 2 + task.repairs):
        yield Progress("ask", attempt)
        reply: Reply = yield ask
        judgement = yield from author.judge(reply, attempt)
        if isinstance(judgement, Judgement):
            judgement = yield from _tried(judgement, task.title)
        near = yield from _looked(judgement)
        is_repeated = reply.text == result.last_reply
        result.add(reply, judgement)
        if not isinstance(judgement, Judgement) or is_repeated or (result.valid and not near):
            break
        ask = author.again(ask, reply.text, near or judgement.issues)
    return result


def _looked(judgement: Judgement | Declined) -> Policy[tuple[Issue, ...]]:
    """Return what a model that may see values is told of a valid query."""
    if not isinstance(judgement, Judgement) or not judgement.valid:
        return ()
    near: tuple[Issue, ...] = yield Look(judgement)
    return near


def _remarked(context: Context, task: Task) -> Context:
    """Return what a prompt says of a schema, with the task's remarks below it."""
    parts = (context.ddl, task.remarks)
    return replace(context, ddl="\n\n".join(filter(None, parts)))


def _tried(judgement: Judgement, title: str) -> Policy[Judgement]:
    """Return the judgement with the database's refusal, if the gate let a query through."""
    if not judgement.valid:
        return judgement
    refusal: str = yield Try(judgement)
    if not refusal:
        return judgement
    issue = Issue("database", f"{title} would not run it: {refusal}")
    return replace(judgement, valid=False, sql=None, issues=(*judgement.issues, issue))
