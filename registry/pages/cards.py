"""The models page: each provider once, with its health, and a card for each of its models."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from registry.pages.choices import place
from registry.pages.first_steps import first_steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.entities import Provider
    from registry.health.health import Health
    from registry.pages.first_steps import Step
    from registry.pages.overview import Row
    from registry.snapshot import Registry


@dataclass(frozen=True, slots=True)
class Section:
    """A provider, with the rows of its models, and what makes it ready."""

    provider: Provider
    rows: list[Row]
    step: Step

    @property
    def first(self) -> Row:
        """Any row: they share the provider's health."""
        return self.rows[0]

    @property
    def health(self) -> Health:
        return self.first.health

    @property
    def place(self) -> str:
        return place(self.provider)


def sections(registry: Registry, rows: Iterable[Row]) -> list[Section]:
    """Return the providers of `rows`, those that answer first."""
    steps = {step.provider.name: step for step in first_steps(registry)}
    found = [
        Section(registry.providers[name], list(own), steps[name])
        for name, own in groupby(rows, lambda row: row.model.provider)
    ]
    return sorted(found, key=lambda section: section.health.status == "unconfigured")


def search(rows: Iterable[Row], q: str) -> list[Row]:
    """Return the rows that have all words of `q` in their title, ID or description."""
    words = q.lower().split()
    return [row for row in rows if all(word in _text(row) for word in words)]


def _text(row: Row) -> str:
    model = row.model
    return " ".join((model.title, model.id, model.ref.description or "")).lower()
