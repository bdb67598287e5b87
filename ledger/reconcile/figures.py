"""What a provider reports: a line for each day and model. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

COUNTS = ("requests", "input", "cached", "output")


class UnreadableError(ValueError):
    """A file is in no known form. The message has the line and the reason."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and a cost; None is what is not reported. `cached` is a part of `input`.

    `written` is the part of `input` that went into the provider's cache.
    """

    requests: int | None = None
    input: int | None = None
    cached: int | None = None
    output: int | None = None
    written: int | None = None
    cost: Decimal | None = None
    currency: str = ""

    def __add__(self, other: Figures) -> Figures:
        if self.currency and other.currency and self.currency != other.currency:
            currencies = f"{self.currency} and {other.currency}"
            raise UnreadableError(f"The files have {currencies}: compare them one by one.")
        counts = {
            name: _sum(getattr(self, name), getattr(other, name)) for name in (*COUNTS, "written")
        }
        cost = self.cost if other.cost is None else other.cost + (self.cost or 0)
        return Figures(**counts, cost=cost, currency=self.currency or other.currency)


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else other + (one or 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a provider's file. `model` is empty for what is of all models.

    `key` names the API key or project, where the file has it.
    """

    day: date
    model: str
    figures: Figures
    key: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """A provider's files. `covers` names the only capabilities that they are about, or is empty.

    `provider` is the usual name of the provider whose form it is; empty for the generic form.
    """

    lines: tuple[Line, ...]
    provider: str = ""
    covers: frozenset[str] = frozenset()

    def __add__(self, other: Export) -> Export:
        both = self.covers and other.covers
        covers = self.covers | other.covers if both else frozenset[str]()
        return Export(self.lines + other.lines, self.provider or other.provider, covers)

    @property
    def keys(self) -> set[str]:
        return {line.key for line in self.lines} - {""}

    def of_key(self, key: str) -> Export:
        """Return the lines of one key."""
        return replace(self, lines=tuple(line for line in self.lines if line.key == key))


def added(figures: Iterable[Figures]) -> Figures:
    """Return the sum."""
    return sum(figures, Figures())
