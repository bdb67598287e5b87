"""
What this worker holds of budgets: a call takes what it may use before it begins, and settles after.

A purse is drawn from the pot of all workers, a part at a time, so most calls ask no one. A call may
use more than it took: what a purse owes is charged within a second. While the pots are away, each
worker has its share of what was left, as far as the ledger leaves it.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from core.limits.leases import LeasesDownError
from core.limits.pots import Draw, OwnPots
from registry.budgets.purse import KEPT_SECONDS, Purse

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.limits.pots import Drawn, Pots

PART = 50  # a worker draws a fiftieth of a pot at a time
IDLE_SECONDS = 2.0  # after which what is not used is given back
AWAY_SECONDS = 1.0  # for which pots that cannot be had are not asked again
SEEN_SECONDS = 60.0  # for which what others use is looked at every second
BATCH = 200


class Purses:
    """The purses of this worker, one of `workers`. Safe from the event loop and from threads."""

    def __init__(self) -> None:
        self.pots: Pots = OwnPots()
        self.workers = 1
        self._purses: dict[str, Purse] = {}
        self._lock = threading.Lock()
        self._away_until = 0.0

    def of(self, key: str, most: int, until: float, used_before: Callable[[], int]) -> Purse:
        """Return the purse of a pot. `used_before` says what the ledger has of it, if it is new."""
        with self._lock:
            if (purse := self._purses.get(key)) is None:
                purse = self._purses[key] = Purse(key, most, until, used_before)
            purse.most = most
            return purse

    def take(self, purse: Purse, amount: int) -> bool:
        """Take an amount; False if the purse does not have it: it has to be drawn."""
        with self._lock:
            purse.asked_at = time.monotonic()
            if purse.used is None or purse.left <= 0 or purse.left < amount:
                return False
            self._reserve(purse, amount)
            return True

    def _take_rest(self, purse: Purse, amount: int) -> int:
        taken = max(min(amount, purse.left), 0)
        self._reserve(purse, taken)
        return taken

    def _reserve(self, purse: Purse, amount: int) -> None:
        purse.left -= amount
        purse.reserved += amount

    def settle(self, purse: Purse, taken: int, used: int) -> None:
        """Charge what a call used instead of what it took."""
        with self._lock:
            purse.settle(taken, used)

    @property
    def blocks(self) -> bool:
        """May drawing wait for others, although the purse is known?"""
        return self.pots.shared

    def draw(self, purse: Purse, amount: int) -> int:
        """Draw and take an amount, or what is left of it, and return that; 0: nothing is left.

        Nothing that was drawn for this call goes to another one that comes at once. May block.
        Raises LeasesDownError if the pots are away, and what was used is not known either.
        """
        with purse.filling:  # one at a time: a new pot is charged once with what is reserved
            if self.take(purse, amount):
                return amount
            wanted = max(amount, purse.most // PART)
            try:
                return self._exchange([(purse, wanted)], amount)
            except LeasesDownError:
                purse.look()
                return self._lend(purse, wanted, amount)

    def _lend(self, purse: Purse, wanted: int, amount: int) -> int:
        with self._lock:
            granted = min(wanted, purse.share(self.workers))
            purse.left += granted
            purse.lent += granted
            return self._take_rest(purse, amount)

    def _exchange(
        self, wishes: list[tuple[Purse, int]], amount: int = 0, *, from_ledger: bool = True
    ) -> int:
        """Charge what purses owe, or give back what they have, and draw what is wanted.

        What was used of a pot that is not known is looked up `from_ledger`, or else left unknown.
        Takes the amount, or what is left of it, from the first purse, and returns that.
        """
        if time.monotonic() < self._away_until:
            raise LeasesDownError("They were away just now.")
        with self._lock:
            held = [(purse.left, purse.lent) for purse, _ in wishes]
            for purse, _ in wishes:
                purse.left = purse.lent = 0
        drawn: list[Drawn | None] = [None] * len(wishes)
        try:
            drawn = self._ask(wishes, held, from_ledger=from_ledger)
        except LeasesDownError:
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise
        finally:
            with self._lock:
                for (purse, _), before, result in zip(wishes, held, drawn, strict=True):
                    _put(purse, before, result)
                taken = self._take_rest(wishes[0][0], amount) if drawn[0] is not None else 0
        return taken

    def _ask(
        self, wishes: list[tuple[Purse, int]], held: list[tuple[int, int]], *, from_ledger: bool
    ) -> list[Drawn | None]:
        drawn = self.pots.draw(
            [
                Draw(purse.key, purse.most, lent - left, wanted, purse.made)
                for (purse, wanted), (left, lent) in zip(wishes, held, strict=True)
            ]
        )
        for place, (purse, wanted) in enumerate(wishes):
            if drawn[place] is None and not from_ledger:
                purse.used = None
            elif drawn[place] is None:
                drawn[place] = self._first_draw(purse, wanted)
        return drawn

    def _first_draw(self, purse: Purse, wanted: int) -> Drawn | None:
        """Draw from a new pot. It has what the ledger had; what came after is charged now."""
        purse.made = self.pots.fill(purse.key, purse.used_before(), purse.until)
        with self._lock:
            purse.left = 0  # what calls settled meanwhile is charged with the rest
            owed = purse.beside_pot
        return self.pots.draw([Draw(purse.key, purse.most, owed, wanted, purse.made)])[0]

    def tick(self, workers: int) -> None:
        """Charge what is owed, return what is not used, and see what other workers used.

        For the worker's thread, every second.
        """
        self.workers = max(workers, 1)
        now = time.monotonic()
        self._forget_old()
        due = [purse for purse in self._all() if self._is_due(purse, now)]
        if due:
            with suppress(LeasesDownError):
                self._renew(due)

    def _renew(self, due: list[Purse]) -> None:
        idle = time.monotonic() - IDLE_SECONDS
        for begin in range(0, len(due), BATCH):
            batch = due[begin : begin + BATCH]
            # What is in use stays: it is given back, and drawn again.
            wishes = [(purse, max(purse.left, 0) * (purse.asked_at > idle)) for purse in batch]
            self._exchange(wishes, from_ledger=False)

    def _is_due(self, purse: Purse, now: float) -> bool:
        if purse.used is None:
            return False
        return bool(purse.left or purse.lent) or now - purse.asked_at < SEEN_SECONDS

    def forget(self, begin: str) -> None:
        """Forget the purses whose keys begin so, and their pots. Raises LeasesDownError."""
        with self._lock:
            kept = {key: one for key, one in self._purses.items() if not key.startswith(begin)}
            self._purses = kept
        self.pots.forget(begin)

    def _all(self) -> list[Purse]:
        with self._lock:
            return list(self._purses.values())

    def _forget_old(self) -> None:
        """Forget the purses of periods that have ended, and of those who asked long ago."""
        with self._lock:
            kept = {key: purse for key, purse in self._purses.items() if _is_kept(purse)}
            self._purses = kept


def _put(purse: Purse, held: tuple[int, int], drawn: Drawn | None) -> None:
    """Put what was drawn into a purse; what it held before, if nothing could be."""
    if drawn is None:
        purse.left += held[0]
        purse.lent += held[1]
    else:
        purse.left += drawn.granted
        purse.used = drawn.used


def _is_kept(purse: Purse) -> bool:
    if purse.reserved or purse.until <= time.time():
        return purse.reserved > 0
    asked = time.monotonic() - purse.asked_at < KEPT_SECONDS
    return bool(asked or purse.left or purse.lent)
