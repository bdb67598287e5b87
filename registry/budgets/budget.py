"""A budget of models.yaml, whose it is in a call, and of which days."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry.metering.price import PER_UNIT, on_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from core.limits.payer import Payer
    from registry.config.budgets import BudgetConfig
    from registry.metering.price import Price

TOKENS, MONEY = "tokens", "money"


@dataclass(frozen=True)
class Budget:
    """What may be used in each period. Money is in parts of the currency's unit."""

    name: str
    title: str
    per: str
    each: str  # person, group or token; empty: all together
    groups: frozenset[str] | None
    capabilities: frozenset[str] | None
    unit: str
    most: int
    warn: int  # percent
    currency: str
    unpriced: bool  # may models without a price be used?
    shadow: bool  # count, but refuse nothing

    @classmethod
    def of_config(cls, name: str, config: BudgetConfig) -> Budget:
        amount = config.tokens if config.money is None else round(config.money * PER_UNIT)
        return cls(
            name, config.title or name, config.per, config.each or "",
            None if config.groups is None else frozenset(config.groups),
            None if config.capabilities is None else frozenset(config.capabilities),
            TOKENS if config.money is None else MONEY,
            amount or 0, config.warn, config.currency, config.unpriced == "allow", config.shadow,
        )  # fmt: skip

    def subjects(self, payer: Payer | None) -> Iterator[str]:
        """Yield whose budgets `payer` uses; none, if it is not for them.

        Who may use everything is a member of no group here. Without a payer, the portal asks.
        """
        groups = (payer.groups if payer else None) or frozenset()
        if self.groups is not None and not self.groups & groups:
            return
        if not self.each:
            yield ""
        elif payer is None:
            return
        elif self.each == "group":
            yield from sorted(groups if self.groups is None else self.groups & groups)
        elif subject := payer.person if self.each == "person" else payer.token:
            yield subject

    def counts(self, capability: str) -> bool:
        return self.capabilities is None or capability in self.capabilities

    def price(self, prices: tuple[Price, ...], day: str) -> Price | None:
        """Return the price by which the budget counts, if it is one of money that can."""
        price = on_day(prices, day) if self.unit == MONEY else None
        return price if price is not None and price.currency == self.currency else None

    def amount(self, parts: int) -> str:
        """Return an amount as a number: of tokens, or of the currency's units, rounded down."""
        if self.unit != MONEY:
            return str(parts)
        cents = parts * 100 // PER_UNIT
        return f"{cents // 100}.{cents % 100:02}"

    @cached_property
    def digest(self) -> str:
        """What is counted, in a few letters: a budget that counts something else is another."""
        groups, capabilities = (
            "*" if names is None else ",".join(sorted(names))
            for names in (self.groups, self.capabilities)
        )
        text = "\n".join((self.per, self.each, groups, capabilities, self.unit, self.currency))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Period(NamedTuple):
    """From one midnight, inclusive, to another."""

    begin: datetime
    end: datetime


def period(per: str, now: datetime) -> Period:
    """Return the day, the week from Monday on, or the month of the local time `now`."""
    today = now.date()
    if per == "day":
        first, after = today, today + timedelta(days=1)
    elif per == "week":
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    else:
        first = today.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return Period(_midnight(first, now.tzinfo), _midnight(after, now.tzinfo))


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time.min, zone)
