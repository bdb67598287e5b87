"""What a case is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faults.site import Site


class Broken(Exception):
    """The portal does not do what it promises."""


def promise(condition: object, otherwise: object) -> None:
    """Raise Broken, which says `otherwise`, unless `condition` is true."""
    if not condition:
        raise Broken(str(otherwise)[:300])


@dataclass(frozen=True, slots=True)
class Setup:
    """The portal that a case needs. Cases in a row with equal ones share a running portal."""

    workers: int = 1
    redis: bool = False
    postgres: bool = False
    disk: bool = False  # a small file system for the portal's folder
    clock: bool = False  # one that cases may set
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the table. `check` raises Broken; `page` states the promise."""

    name: str
    fault: str
    promise: str
    page: str
    check: Callable[[Site], None]
    setup: Setup
    quick: bool = False  # it takes less than a second, so that it can be repeated
    last: bool = False  # the portal cannot be used after it


@dataclass(slots=True)
class Figures:
    """Seconds, seconds, and megabytes; `note` stands beside the outcome."""

    detected: float | None = None
    abort: float | None = None
    memory: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a case showed on one server. `broken` is empty if the promise was kept."""

    case: Case
    server: str
    figures: Figures
    seconds: float
    broken: str = ""
    skipped: str = ""

    @property
    def outcome(self) -> str:
        if self.skipped:
            return f"not run: {self.skipped}"
        if self.broken:
            return f"**not**: {self.broken}"
        return ": ".join(filter(None, ("as promised", self.figures.note)))
