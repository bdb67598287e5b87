"""What one worker holds of one budget of someone, in one period."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import DatabaseError

from core.limits.leases import LeasesDownError
from core.limits.pots import filled_at

if TYPE_CHECKING:
    from collections.abc import Callable

LAG_SECONDS = 5  # after which the ledger has what was settled
LOOK_SECONDS = 0.5  # between two looks into the ledger while the pots are away
KEPT_SECONDS = 600


@dataclass(slots=True, eq=False)
class Purse:
    """What is left of the draws from a pot; below 0: what is owed.

    `used` is what all workers had drawn when this one last saw the pot, `reserved` what calls of
    this worker have taken and not settled, `lent` what it has drawn while the pots were away.
    `made` names the pot. `settled` has what calls used, by the second in which they ended; the
    ledger had `written` when this worker last looked there.
    """

    key: str
    most: int
    until: float  # Unix time
    used_before: Callable[[], int]
    left: int = 0
    used: int | None = None
    reserved: int = 0
    lent: int = 0
    made: str = ""
    written: int = 0
    settled: dict[int, int] = field(default_factory=dict)
    asked_at: float = field(default_factory=time.monotonic)
    look_at: float = 0.0
    filling: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def settle(self, taken: int, used: int) -> None:
        """Charge what a call used instead of what it took."""
        self.reserved -= taken
        self.left += taken - used
        second = int(time.time())
        self.settled[second] = self.settled.get(second, 0) + used
        if len(self.settled) > KEPT_SECONDS:
            del self.settled[next(iter(self.settled))]

    def unwritten(self, at: float) -> int:
        """Return what the ledger may not have had at a time: a little too much at worst."""
        return self.reserved + sum(
            used for second, used in self.settled.items() if second >= at - LAG_SECONDS
        )

    @property
    def beside_pot(self) -> int:
        """What the pot does not have of this worker, since it was filled from the ledger."""
        return self.unwritten(filled_at(self.made))

    def look(self) -> None:
        """See what the ledger has. Raises what `used_before` does if nothing is known yet."""
        if self.used is not None and time.monotonic() < self.look_at:
            return
        self.look_at = time.monotonic() + LOOK_SECONDS
        try:
            self.written = self.used_before()
        except (LeasesDownError, DatabaseError):
            if self.used is None:
                raise
        if self.used is None:
            self.used = self.written

    def share(self, workers: int) -> int:
        """Return what this worker may still lend itself while the pots are away.

        That is its part of what was left, and no more than the ledger leaves: other workers may
        have been killed, or started, since.
        """
        part = (self.most - (self.used or 0)) // workers - self.lent
        rest = self.most - self.written - self.unwritten(time.time()) - max(self.left, 0)
        return max(min(part, rest), 0)
