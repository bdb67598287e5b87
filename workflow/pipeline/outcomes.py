"""What becomes of a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from workflow.pipeline.replies import Ambiguous, Unanswerable

Outcome = Literal["ok", "invalid", "ambiguous", "unanswerable", "model_error"]
Issues = list[dict[str, Any]]


@dataclass(slots=True)
class Attempt:
    """One reply of a model: what it said, word for word, and what was wrong with it."""

    text: str
    issues: Issues = field(default_factory=list)
    finish_reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as answers have it."""
        valid = not any(issue["severity"] == "error" for issue in self.issues)
        return {"reply": self.text, "valid": valid, "issues": self.issues,
                "finish_reason": self.finish_reason}  # fmt: skip


@dataclass(slots=True)
class Result:
    """What a policy returns. `judged` is the last that the gate said, as JSON."""

    outcome: Outcome = "invalid"
    judged: dict[str, Any] = field(default_factory=dict)
    issues: Issues = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)
    ambiguous: Ambiguous | None = None
    unanswerable: Unanswerable | None = None
    dropped: list[str] = field(default_factory=list)  # of a schema that was too large

    @property
    def valid(self) -> bool:
        return self.outcome == "ok"

    def count(self, usage: dict[str, Any] | None) -> None:
        """Add a reply's tokens."""
        for key in ("prompt_tokens", "completion_tokens", "total_tokens"):
            if isinstance(number := (usage or {}).get(key), int):
                self.usage[key] = self.usage.get(key, 0) + number

    def note(self, meaning: Ambiguous | Unanswerable) -> None:
        """Keep that the model chose not to answer, and why."""
        if isinstance(meaning, Ambiguous):
            self.outcome, self.ambiguous = "ambiguous", meaning
        else:
            self.outcome, self.unanswerable = "unanswerable", meaning


def has_errors(issues: Issues) -> bool:
    """Is there an error among them?"""
    return any(issue["severity"] == "error" for issue in issues)


def error(code: str, message: str) -> dict[str, Any]:
    """Return an issue of our own."""
    return {"code": code, "message": message, "severity": "error"}
