"""
Issues: what is wrong with a query, and how to fix it.

`code` is for programs, `message` for people: a sentence that names the remedy. `pointer` is a JSON
Pointer into the query expression, `line` and `column` (from 1) a place in the SQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]  # a note is no fault


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue. `near` has similar names that exist, `fix` a JSON Patch that fixes the query."""

    code: str
    message: str
    severity: Severity = "error"
    pointer: str = ""
    line: int | None = None
    column: int | None = None
    near: tuple[str, ...] = ()
    fix: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the issue as JSON. Fields without a value are left out."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        present = {name: value for name, value in fields.items() if value not in (None, (), "")}
        return {name: [*v] if isinstance(v, tuple) else v for name, v in present.items()}


class Refused(Exception):
    """A query cannot be read, or is not allowed: `issues` say why."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


def errors(issues: Iterable[Issue]) -> list[Issue]:
    """Return the issues that make a query invalid."""
    return [issue for issue in issues if issue.severity == "error"]


def nearest(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return at most three of `names` that are similar to `word`, the nearest first."""
    spellings = {name.lower(): name for name in names}
    matches = get_close_matches(word.lower(), spellings, n=3, cutoff=0.6)
    return tuple(spellings[name] for name in matches)


def did_you_mean(near: tuple[str, ...]) -> str:
    """Return a sentence that suggests these names; empty without any."""
    if not near:
        return ""
    *others, last = (f"'{name}'" for name in near)
    return f" Did you mean {', '.join(others)} or {last}?" if others else f" Did you mean {last}?"
