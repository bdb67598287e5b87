"""The result of a question: its attempts, and the best judgement among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from queryexpr.gate.operations import Judgement
from queryexpr.issues import Issue, errors
from workflow.pipeline.replies import Ambiguous, Declined
from workflow.pipeline.steps import Reply

Outcome = Literal["ok", "invalid", "ambiguous", "unanswerable", "model_error"]
_COUNTED = ("prompt_tokens", "completion_tokens", "total_tokens")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reply of a model, word for word, and what is wrong with it."""

    reply: str
    valid: bool = True
    issues: tuple[Issue, ...] = ()
    finish_reason: str | None = None


@dataclass(slots=True)
class Result:
    """What a policy returns. `judgement` is the valid one, else the best of those that failed."""

    outcome: Outcome = "invalid"
    judgement: Judgement = field(default_factory=Judgement)
    attempts: list[Attempt] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)
    declined: Declined | None = None
    dropped: tuple[str, ...] = ()  # of a schema that was too large

    @property
    def valid(self) -> bool:
        return self.outcome == "ok"

    @property
    def last_reply(self) -> str | None:
        return self.attempts[-1].reply if self.attempts else None

    def add(self, reply: Reply, judgement: Judgement | Declined) -> None:
        """Count a reply, and keep its judgement if it is the best so far."""
        self._count(reply.usage)
        if not isinstance(judgement, Judgement):
            self.attempts.append(Attempt(reply.text, False, (), reply.finish_reason))
            if self.valid:
                return
            self.outcome = "ambiguous" if isinstance(judgement, Ambiguous) else "unanswerable"
            self.declined = judgement
            return
        valid = not errors(judgement.issues)
        self.attempts.append(Attempt(reply.text, valid, judgement.issues, reply.finish_reason))
        if valid or (not self.valid and self._is_better(judgement)):
            self.judgement = judgement
        if valid:
            self.outcome = "ok"

    def _is_better(self, judgement: Judgement) -> bool:
        return len(self.attempts) == 1 or _rank(judgement) < _rank(self.judgement)

    def _count(self, usage: dict[str, Any] | None) -> None:
        for key in _COUNTED:
            if isinstance(number := (usage or {}).get(key), int):
                self.usage[key] = self.usage.get(key, 0) + number


def _rank(judgement: Judgement) -> tuple[bool, int]:
    """Order failed judgements: those that could be read first, then the fewest issues."""
    return judgement.ir is None, len(judgement.issues)
