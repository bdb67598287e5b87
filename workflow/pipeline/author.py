"""A model that writes SQL: how it is asked, and how its replies are read and judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from queryexpr.dialects.all import NAMES, TITLES
from queryexpr.gate.operations import Context, Document, Judgement, Operation, check_ir, check_sql
from queryexpr.issues import Issue, errors
from workflow.pipeline import prompts
from workflow.pipeline.fixes import fix
from workflow.pipeline.lacking import as_standard, instead, is_foreign
from workflow.pipeline.repair import Task
from workflow.pipeline.replies import (
    MAX_OPTIONS,
    MAX_REASON,
    Ambiguous,
    Declined,
    Query,
    read_reply,
    read_sql,
)
from workflow.pipeline.steps import Ask, Policy, Progress, Reply

NO_SQL = Issue("no_sql", "The reply has no SELECT statement.")
CUT = Issue("cut", "The reply was cut off before its end. Answer with a shorter query.")
MAX_COMMENTS = 3  # about errors, in a raw prompt
UNREAD = frozenset({"syntax", "statements"})  # no SQL, or prose behind it
EXPLANATION = "{explanation}"  # in a model's own prompt
_AMBIGUOUS = re.compile(r"\s*ambiguous:(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """How a model is asked for SQL, from models.yaml."""

    prompt: str = ""
    stop: tuple[str, ...] = ()
    native: str = ""  # the dialect that it writes
    native_title: str = ""
    raw: bool = False

    @property
    def is_told(self) -> bool:
        """Does the model learn what the query is that its SQL is compared with?"""
        return EXPLANATION in self.prompt

    def without_explanation(self) -> Style:
        """Return the style of a model that must not learn that."""
        return replace(self, prompt=self.prompt.replace(EXPLANATION, ""))


@dataclass(frozen=True, slots=True)
class SQLAuthor:
    """`explanation` describes a query that is known already.

    Only a model's own prompt has it, if it wants it: otherwise two models would not be two.
    """

    task: Task
    style: Style
    explanation: tuple[str, ...] = ()

    def first(self, context: Context) -> Ask:
        task, style = self.task, self.style
        title = style.native_title or task.title
        if not style.prompt:
            messages = prompts.ask_for_sql(context.ddl, task.question, title)
            return Ask(messages, stop=style.stop)
        parts = {"schema": context.ddl, "dialect": title, "question": task.question}
        text = prompts.fill(style.prompt, **parts, explanation="\n".join(self.explanation))
        if style.raw:
            return Ask(prompt=text, stop=style.stop)
        return Ask(({"role": "user", "content": text},), stop=style.stop)

    def judge(self, reply: Reply, attempt: int) -> Policy[Judgement | Declined]:
        text = reply.text
        meaning = _read_ambiguous(text) or read_reply(text) or read_sql(text)
        if isinstance(meaning, Declined):
            return meaning
        if not meaning:
            return Judgement(issues=(CUT if reply.finish_reason == "length" else NO_SQL,))
        yield Progress("check", attempt)
        if isinstance(meaning, Query):  # some answer so although they were asked for SQL
            return (yield from judge_document(self.task, meaning.document))
        return (yield from self._judge_sql(meaning))

    def _judge_sql(self, readings: tuple[str, ...]) -> Policy[Judgement]:
        sql, judged = yield from self._first_that_parses(readings)
        judgement = yield from fix(judged, self.task.dialect, self.task.schema)
        if not any(is_foreign(issue, sql) for issue in errors(judgement.issues)):
            return judgement
        spelling = yield from self._spelling(sql)
        notes = spelling or tuple(instead(judgement.issues))
        return replace(judgement, issues=(*judgement.issues, *notes))

    def _first_that_parses(self, readings: tuple[str, ...]) -> Policy[tuple[str, Judgement]]:
        """Judge the readings of a reply until one is SQL; else the first is what is reported."""
        judged: list[tuple[str, Judgement]] = []
        for sql in readings:
            judgement: Judgement = yield self._check(sql, self.native, self.task.dialect)
            judged.append((sql, judgement))
            if not any(issue.code in UNREAD for issue in judgement.issues):
                return judged[-1]
        return judged[0]

    @property
    def native(self) -> str:
        """The dialect that the model writes."""
        return self.style.native or self.task.dialect

    def _spelling(self, sql: str) -> Policy[tuple[Issue, ...]]:
        """Return a note with the same query as the model's dialect spells it.

        The text is valid in another dialect. Whether the model meant that is for it to say.
        """
        for other in NAMES:
            if other == self.native:
                continue
            judgement: Judgement = yield self._check(sql, other, self.native)
            if not judgement.valid and (standard := as_standard(sql)) != sql:
                judgement = yield self._check(standard, other, self.native)
            if judgement.valid:
                words = f"{TITLES[self.native]} spells what {TITLES[other]} has there so:"
                return (Issue("spelling", f"{words}\n{judgement.sql}", severity="note"),)
        return ()

    def _check(self, sql: str, native: str, target: str) -> Operation[Judgement]:
        return check_sql(sql, native, target, self.task.schema)

    def again(self, ask: Ask, reply: str, issues: tuple[Issue, ...]) -> Ask:
        """Return the request to repair. A raw model gets the errors as comments."""
        if not ask.prompt:
            return replace(ask, messages=(*ask.messages[:2], *prompts.repair_sql(reply, issues)))
        messages = [" ".join(issue.message.split()) for issue in prompts.few(issues, MAX_COMMENTS)]
        comments = "".join(f"-- Mistake before: {message}\n" for message in messages)
        return replace(ask, prompt=f"{ask.prompt.rstrip()}\n{comments}")


def judge_document(task: Task, document: Document) -> Policy[Judgement]:
    """Judge a query expression that a model wrote, and fix what has one remedy."""
    judgement: Judgement = yield check_ir(document, task.dialect, task.schema)
    return (yield from fix(judgement, task.dialect, task.schema))


def _read_ambiguous(text: str) -> Ambiguous | None:
    """Return what `prompts.ask_for_sql` allows: a word of the question, and what it can mean."""
    written = _AMBIGUOUS.match(text)
    if written is None:
        return None
    term, *options = (part.strip()[:MAX_REASON] for part in written[1].split("|"))
    return Ambiguous(term, tuple(options[:MAX_OPTIONS])) if len(options) > 1 else None
