"""
What is wrong with a query, and what to do about it.

`code` is a word for programs, `message` a sentence for people that names the remedy. `pointer` is
a JSON Pointer into the query expression, `line` and `column` (from 1) a place in the SQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]  # a note is worth knowing, and nothing is wrong


@dataclass(frozen=True, slots=True)
class Issue:
    """`near` has the names that may have been meant, `fix` the JSON Patch that mends it."""

    code: str
    message: str
    severity: Severity = "error"
    pointer: str = ""
    line: int | None = None
    column: int | None = None
    near: tuple[str, ...] = ()
    fix: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as answers have it: what is not known is left out."""
        every = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: value for name, value in every.items() if value not in (None, (), "")}
        return {name: [*v] if isinstance(v, tuple) else v for name, v in kept.items()}


class Refused(Exception):
    """A query cannot be read, or may not stand: `issues` say why."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """Return those that keep a query from being valid."""
    return [issue for issue in issues if issue.severity == "error"]


def nearest(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return at most three of `names` that look like `word`, the nearest first."""
    spelled = {name.lower(): name for name in names}
    found = get_close_matches(word.lower(), spelled, n=3, cutoff=0.6)
    return tuple(spelled[name] for name in found)


def did_you_mean(near: tuple[str, ...]) -> str:
    """Return the end of a sentence that offers them."""
    if not near:
        return ""
    *others, last = (f"'{name}'" for name in near)
    return f" Did you mean {', '.join(others)} or {last}?" if others else f" Did you mean {last}?"
