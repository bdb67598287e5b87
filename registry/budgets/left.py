"""What is left of someone's budgets, for pages and for the API."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from core.limits.leases import LeasesDownError
from registry.budgets.budget import TOKENS
from registry.budgets.check import budgets
from registry.metering.price import PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.limits.payer import Payer
    from registry.budgets.budget import Budget
    from registry.budgets.check import Pot


@dataclass(frozen=True, slots=True)
class Left:
    """A budget of someone in this period. `used` has what answers under way have reserved."""

    budget: Budget
    group: str  # whose, if each group has one
    used: int
    last: date  # day of the period

    @property
    def left(self) -> int:
        return max(self.budget.most - self.used, 0)

    @property
    def percent(self) -> int:
        """How much is used, rounded down: 100 is nothing left."""
        return min(100 * self.used // self.budget.most, 100)

    @property
    def is_low(self) -> bool:
        return self.percent >= self.budget.warn

    @property
    def renews(self) -> date:
        return self.last + timedelta(days=1)

    def as_dict(self) -> dict[str, Any]:
        """Return it as the API does: numbers of tokens, or of the currency's units."""
        budget = self.budget
        return {
            "name": budget.name, "title": budget.title, "per": budget.per,
            "each": budget.each or None, "group": self.group or None,
            "unit": budget.unit, "currency": budget.currency or None,
            "of": _number(budget, budget.most), "used": _number(budget, self.used),
            "left": _number(budget, self.left), "warn": budget.warn, "low": self.is_low,
            "refuses": not budget.shadow, "renews": self.renews.isoformat(),
        }  # fmt: skip


def left_of(payer: Payer) -> list[Left]:
    """Return what is left of each budget of a payer; of those that are not known now, nothing.

    May block: call it in a thread.
    """
    return list(_known(payer))


def _known(payer: Payer) -> Iterator[Left]:
    for pot in budgets.pots(payer):
        if pot.used is None:
            with suppress(LeasesDownError, DatabaseError):
                budgets.purses.draw(pot.purse, 0)
        if pot.used is not None:
            yield _left(pot, pot.used)


def _left(pot: Pot, used: int) -> Left:
    group = pot.subject if pot.budget.each == "group" else ""
    return Left(pot.budget, group, used, pot.period.end.date() - timedelta(days=1))


def _number(budget: Budget, parts: int) -> float:
    return parts if budget.unit == TOKENS else parts / PER_UNIT
