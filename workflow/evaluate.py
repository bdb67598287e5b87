"""Asks a model our own questions, and counts which answers return the right rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.http.call import Call
from core.ids import new_id
from queryexpr.dialects.sqlite import SQLITE
from queryexpr.issues import errors
from workflow.asker import Asker
from workflow.asking import built
from workflow.evaluation.questions import Question, Questions, questions
from workflow.evaluation.rows import same_rows
from workflow.subject import SchemaSubject

if TYPE_CHECKING:
    from registry.entities import Resolution
    from workflow.pipeline.forms import Way
    from workflow.pipeline.outcomes import Result

Verdict = Literal["right", "wrong", "refused"]


@dataclass(frozen=True, slots=True)
class Graded:
    """One answer. It is `wrong` if it was called valid, and is not right.

    `text` is its SQL, or the reason for having none.
    """

    question: Question
    verdict: Verdict
    seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """The answers of a model that was asked in one way."""

    way: Way
    graded: tuple[Graded, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict == verdict for one in self.graded)

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.graded)


async def evaluate(resolution: Resolution, way: Way, show: Callable[[Graded], None]) -> Score:
    """Ask all questions, one after the other; `show` gets each answer. Raises PortalError."""
    known, graded = questions(), []
    for question in known.questions:
        graded.append(await _graded(known, question, resolution, way))
        show(graded[-1])
    return Score(way, tuple(graded))


async def _graded(known: Questions, question: Question, resolution: Resolution, way: Way) -> Graded:
    began = time.monotonic()
    subject = SchemaSubject(known.schemas[question.schema].ddl, SQLITE.name)
    asker = Asker(resolution, Call(new_id(), door="evaluation"), None)
    result = await built(question.ask, subject, asker, way=way)
    seconds = time.monotonic() - began
    return Graded(question, _verdict(known, question, result), seconds, _text(result))


def _text(result: Result) -> str:
    if result.valid:
        return result.judgement.sql or ""
    reasons = [issue.message for issue in errors(result.judgement.issues)]
    return f"({' '.join(reasons[:1]) or result.outcome})"


def _verdict(known: Questions, question: Question, result: Result) -> Verdict:
    if question.sql is None and result.outcome == "unanswerable":
        return "right"
    if not result.valid:
        return "refused"
    if question.sql is None:
        return "wrong"
    data = known.schemas[question.schema]
    sql = result.judgement.sql or ""
    return "right" if same_rows(data, question.sql, sql, ordered=question.ordered) else "wrong"
