"""
What a text in the place of models.yaml would do, before anybody puts it there.

Variables are not looked up, neither for the text nor for what is in use: whoever may try a text
must not learn from the answer what stands in the environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry import config, snapshot
from registry.changes import Change, changes, summary
from registry.errors import ConfigError, Problem
from registry.service import service
from registry.snapshot import Registry

NO_ENVIRONMENT: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Mistakes, or else warnings and changes."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def summary(self) -> str:
        return "cannot be used" if self.errors else summary(list(self.changes))

    def as_dict(self) -> dict[str, Any]:
        return {
            "valid": not self.errors,
            "summary": self.summary,
            "errors": [problem._asdict() for problem in self.errors],
            "warnings": [problem._asdict() for problem in self.warnings],
            "changes": [change.as_dict() for change in self.changes],
        }


def dry_run(text: str) -> Outcome:
    """Return what `text` would do to what is in use now, primaries included."""
    try:
        found = config.load(text.encode(errors="replace"), NO_ENVIRONMENT)
    except ConfigError as error:
        return Outcome(errors=error.problems)
    new = snapshot.build(found)
    return Outcome((), found.warnings, tuple(changes(_in_use(), new)))


def _in_use() -> Registry:
    service.current  # noqa: B018 — reads the file at first use
    old = snapshot.build(config.load(service.source, NO_ENVIRONMENT))
    return old.with_primaries(service.primaries.chosen, service.primaries.version)
