"""
What a provider reports beside what the ledger has: a finding for each day and model. Pure.

Where a file has nothing of a day or a model, it reports zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.reconcile.figures import COUNTS, Export, Figures, added
from ledger.reconcile.used import Part, Used
from registry.metering.price import PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ledger.reconcile.used import Days

FIELDS = (*COUNTS, "cost")
CENT, SHARE = Decimal("0.01"), Decimal("0.01")  # costs that differ less than both agree


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something differs: a sentence. `explains` names the fields that it accounts for."""

    text: str
    explains: frozenset[str] = frozenset()


@dataclass(slots=True)
class Finding:
    """A day and a model; an empty one is all of them. `fields` are those that are compared.

    `by_key` has what is reported of each key, if the file has several.
    """

    day: date
    model: str
    reported: Figures
    used: Used
    fields: tuple[str, ...]
    by_key: dict[str, Figures] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)

    @property
    def differences(self) -> dict[str, Decimal]:
        """How much more the provider reports, of the fields that differ."""
        return {name: more for name in self.fields if (more := self.more(name))}

    def more(self, name: str) -> Decimal:
        """How much more of a field the provider reports; zero for costs that nearly agree."""
        theirs, ours = self.theirs(name), self.ours(name)
        near = CENT if name != "cost" else max(CENT, SHARE * max(abs(theirs), abs(ours)))
        return Decimal(0) if abs(theirs - ours) < near else theirs - ours

    def theirs(self, name: str) -> Decimal:
        return Decimal(getattr(self.reported, name) or 0)

    def ours(self, name: str) -> Decimal:
        return value_of(self.used.whole, name)

    @property
    def unexplained(self) -> set[str]:
        explained = frozenset[str]().union(*(cause.explains for cause in self.causes))
        return set(self.differences) - explained


def value_of(part: Part, name: str) -> Decimal:
    """Return a field of the ledger's sums; a cost in units."""
    number = Decimal(getattr(part, name))
    return number / PER_UNIT if name == "cost" else number


def find(export: Export, days: Days, names: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each day and model of either side, in their order.

    `names` has what each name of the file is called. What a file does not cover is left out.
    """
    named, whole = _split(export, names)
    found = [] if not named else [
        _finding(day, model, named.get((day, model), {}), days.get((day, model), Used()),
                 _fields(named.values()))
        for day, model in {*named, *(key for key in days if _is_covered(days[key], export))}
    ]  # fmt: skip
    for (day, model), keys in whole.items():
        used = _all_of(day, days)
        found.append(_finding(day, model, keys, used, _fields(whole.values())))
    return sorted(found, key=lambda one: (one.day, one.model))


ByKey = dict[str, Figures]


def _split(export: Export, names: Mapping[str, str]) -> list[dict[tuple[date, str], ByKey]]:
    """Return the sums of lines with a model, and of those without one, by key."""
    lines: list[dict[tuple[date, str], dict[str, list[Figures]]]]
    lines = [defaultdict(lambda: defaultdict(list)) for _ in range(2)]
    for line in export.lines:
        place = lines[not line.model][line.day, names.get(line.model, "")]
        place[line.key].append(line.figures)
    return [
        {at: {key: added(each) for key, each in keys.items()} for at, keys in part.items()}
        for part in lines
    ]


def _finding(day: date, model: str, keys: ByKey, used: Used, fields: tuple[str, ...]) -> Finding:
    several = keys if len(keys) > 1 else {}
    return Finding(day, model, added(keys.values()), used, fields, several)


def _fields(sums: Iterable[ByKey]) -> tuple[str, ...]:
    """Return the fields that any line has."""
    figures = [each for keys in sums for each in keys.values()]
    return tuple(
        name for name in FIELDS if any(getattr(each, name) is not None for each in figures)
    )


def _is_covered(used: Used, export: Export) -> bool:
    return not export.covers or not export.covers.isdisjoint(used.capabilities)


def _all_of(day: date, days: Days) -> Used:
    """Return what was used on a day, of all models."""
    whole = Used()
    for (on, _), used in days.items():
        if on == day:
            whole = _both(whole, used)
    return whole


def _both(one: Used, other: Used) -> Used:
    estimates = defaultdict(Part, one.estimates)
    for reason, part in other.estimates.items():
        estimates[reason] = _sum(estimates[reason], part)
    return Used(
        _sum(one.whole, other.whole), estimates, one.unanswered + other.unanswered,
        one.unpriced + other.unpriced, one.currencies | other.currencies,
        one.since | other.since, one.models | other.models, one.capabilities | other.capabilities,
    )  # fmt: skip


def _sum(one: Part, other: Part) -> Part:
    return Part(*(getattr(one, name) + getattr(other, name) for name in Part.__slots__))
