"""Takes what a call may use from each budget that it counts for, and settles it after."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from core.errors import PortalError, Sentence
from core.limits.leases import LeasesDownError
from core.metrics import refused_by_limit
from registry.budgets.budget import MONEY, Budget, Period, period
from registry.budgets.purse import Purse
from registry.budgets.purses import Purses
from registry.metering.price import charged
from registry.metering.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.limits.payer import Payer
    from registry.metering.price import Price
    from registry.metering.records import Chosen

USED_UP = _("The budget “{title}” is used up. It begins again on {day}.")
RESERVED = _("What is left of the budget “{title}” is kept for answers under way. Wait for them.")
NO_PRICE = _("“{title}” is a budget of money, and this model has no price. Choose another model.")
ASK = _("Ask for more: {contact}.")
UNKNOWN = _("What is left of the budget “{title}” is not known now. Try again in a moment.")
UNDER_WAY_SECONDS = 5
FAILED = "failed"


class Pot(NamedTuple):
    """A budget of someone, in the period that runs."""

    budget: Budget
    subject: str
    period: Period
    purse: Purse

    @property
    def used(self) -> int | None:
        """What was used and reserved, as far as this worker has seen; None: not yet."""
        if self.purse.used is None:
            return None
        return self.purse.used + self.purse.lent - self.purse.left


class Reserved:
    """What a call has taken; `settle` charges what it used instead."""

    __slots__ = ("_purses", "_taken")

    def __init__(self, purses: Purses) -> None:
        self._purses = purses
        self._taken: list[tuple[Pot, int, Price | None]] = []

    def add(self, pot: Pot, amount: int, price: Price | None) -> None:
        self._taken.append((pot, amount, price))

    @property
    def header(self) -> bytes:
        """What is left of each budget, for X-Budget: a list of RFC 9651."""
        return ", ".join(in_header(pot) for pot, *_ in self._taken).encode()

    def settle(self, tokens: Tokens, outcome: str, images: int = 0) -> None:
        """Charge what the call used. The second time nothing happens."""
        taken, self._taken = self._taken, []
        for pot, amount, price in taken:
            if pot.budget.unit == MONEY:
                used = charged(price, tokens, outcome, images) or 0
            else:
                used = tokens.input + tokens.output
            self._purses.settle(pot.purse, amount, used)


class Budgets:
    """The budgets of models.yaml, as `current` returns them, over this worker's purses.

    `used_before` says what the ledger has of a budget, of someone, in a period; it may block.
    """

    def __init__(self) -> None:
        self.purses = Purses()
        self.current: Callable[[], tuple[Budget, ...]] = tuple
        self.used_before: Callable[[Budget, str, Period], int] = lambda *_: 0
        self._known: set[str] = set()  # digests of budgets

    def tick(self, workers: int) -> None:
        """Do what `Purses.tick` does, every second, and forget budgets that left the file.

        What is used while one is not there is not counted: the ledger has it, if it comes back.
        """
        current = {budget.digest for budget in self.current()}
        gone = self._known - current
        self._known |= current
        with suppress(LeasesDownError):  # else they are forgotten later
            for digest in gone:
                self.purses.forget(f"{digest}:")
                self._known.discard(digest)
        self.purses.tick(workers)

    async def reserve(
        self, chosen: Chosen, expected: Tokens, payer: Payer | None, images: int = 0
    ) -> Reserved:
        """Take what a call is expected to use.

        Raises PortalError `budget_exceeded`, and `store_unavailable` if nothing is known.
        """
        reserved = Reserved(self.purses)
        day = timezone.localdate().isoformat()
        try:
            for pot in self.pots(payer, chosen.capability):
                price = pot.budget.price(chosen.prices, day)
                amount = self._amount(pot.budget, price, expected, images)
                reserved.add(pot, await self._take(pot, amount), price)
        except BaseException:
            reserved.settle(Tokens(), FAILED)
            raise
        return reserved

    def pots(self, payer: Payer | None, capability: str | None = None) -> Iterator[Pot]:
        """Yield the budgets of a payer: those that count calls with the capability, if given."""
        for budget in self.current():
            if capability is not None and not budget.counts(capability):
                continue
            for subject in budget.subjects(payer):
                span = period(budget.per, timezone.localtime())
                key = f"{budget.digest}:{span.begin:%Y-%m-%d}:{subject}"
                yield Pot(budget, subject, span, self._purse(key, budget, subject, span))

    def _purse(self, key: str, budget: Budget, subject: str, span: Period) -> Purse:
        def used_before() -> int:
            return self.used_before(budget, subject, span)

        return self.purses.of(key, budget.most, span.end.timestamp(), used_before)

    def _amount(self, budget: Budget, price: Price | None, expected: Tokens, images: int) -> int:
        if budget.unit != MONEY:
            return expected.input + expected.output
        if price is not None:
            return charged(price, expected, "ok", images) or 0
        if budget.unpriced or budget.shadow:
            return 0
        raise PortalError("budget_exceeded", _sentences(Sentence(NO_PRICE, title=budget.title)))

    async def _take(self, pot: Pot, amount: int) -> int:
        """Return what was taken: what is left, if that is less than the amount."""
        if not amount or self.purses.take(pot.purse, amount):
            return amount  # what costs nothing is not refused
        try:
            taken = await self.draw(pot, amount)
        except (LeasesDownError, DatabaseError):
            if pot.budget.shadow:
                return 0
            sentence = Sentence(UNKNOWN, title=pot.budget.title)
            raise PortalError("store_unavailable", [sentence], retry_after=1) from None
        if taken or pot.budget.shadow:
            return taken
        raise used_up(pot)

    async def draw(self, pot: Pot, amount: int) -> int:
        """Draw from a pot and take, so that it is known what was used; see `Purses.draw`."""
        if pot.purse.used is not None and not self.purses.blocks:
            return self.purses.draw(pot.purse, amount)
        return await asyncio.to_thread(self.purses.draw, pot.purse, amount)


def in_header(pot: Pot) -> str:
    """Return a member of X-Budget: `research;left=4000;of=9000;unit=tokens;until=2026-12-31`."""
    budget, last = pot.budget, pot.period.end - timedelta(days=1)
    left = max(budget.most - (pot.used or 0), 0)
    amounts = f"left={budget.amount(left)};of={budget.amount(budget.most)}"
    unit = budget.currency or budget.unit
    return f"{budget.name};{amounts};unit={unit};until={last:%Y-%m-%d}"


def used_up(pot: Pot) -> PortalError:
    """Return the error of a budget of which nothing is left."""
    refused_by_limit.labels("budget").inc()
    title = pot.budget.title
    if pot.purse.reserved:
        sentences = _sentences(Sentence(RESERVED, title=title))
        return PortalError("budget_exceeded", sentences, retry_after=UNDER_WAY_SECONDS, retry=True)
    end = pot.period.end
    seconds = max(math.ceil(end.timestamp() - timezone.now().timestamp()), 1)
    sentences = _sentences(Sentence(USED_UP, title=title, day=f"{end:%Y-%m-%d}"))
    return PortalError("budget_exceeded", sentences, retry_after=seconds)


def _sentences(first: Sentence) -> list[Sentence]:
    contact = settings.PORTAL_CONTACT.strip()
    return [first, Sentence(ASK, contact=contact)] if contact else [first]


budgets = Budgets()
