"""Where a worker's reserves and places come from."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

WINDOW = 60.0  # seconds
MAX_DEBT = 3600.0  # seconds until all is paid: a provider may report any number of tokens
GONE_SECONDS = 5.0  # after which the leases of a worker that does not renew them are free again


class Taken(NamedTuple):
    """Units that were granted, or else the seconds until there is one."""

    granted: float
    wait: float = 0.0


class Hold(NamedTuple):
    """How many places of `key` a worker asks to hold, of those that there are.

    `used` is how many it cannot give back now.
    """

    key: str
    capacity: int
    wanted: int
    used: int


class LeasesDownError(Exception):
    """Leases cannot be had or given back now."""


class Leases(Protocol):
    """Every method may block for a moment, and raises LeasesDownError. Safe from threads."""

    shared: bool  # do other workers lease from it?

    def take(self, key: str, per_minute: float, owed: float, wanted: float) -> Taken:
        """Charge `owed` units, whether they are there or not, then take up to `wanted`.

        The algorithm is GCRA: the units of a minute may be used at once, then come back evenly.
        A negative `owed` gives units back. No one owes more than MAX_DEBT.
        """
        ...

    def hold(self, holds: Iterable[Hold]) -> list[int]:
        """Return how many places of each key the worker may use now, instead of those before.

        Workers that want more than there are get even parts; who uses more than that keeps these
        places only until they are free. It must ask again within GONE_SECONDS.
        """
        ...


class OwnLeases:
    """The leases of this process: its share, one of `workers`, of each limit."""

    shared = False

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self._due: dict[str, float] = {}  # when all units of a minute are there again
        self._swept = 0.0
        self._lock = threading.Lock()

    def take(self, key: str, per_minute: float, owed: float, wanted: float) -> Taken:
        each = WINDOW * self.workers / per_minute  # seconds for a unit
        now = time.monotonic()
        with self._lock:
            due = min(max(self._due.get(key, 0.0), now) + owed * each, now + MAX_DEBT)
            free = (now + WINDOW - due) / each
            granted = min(wanted, float(int(free + 1e-6)))
            if granted > 0:
                due += granted * each
            self._due[key] = due
            self._sweep(now)
        return Taken(granted) if granted > 0 else Taken(0.0, due - now - WINDOW + each)

    def _sweep(self, now: float) -> None:
        """Forget, once in a while, those who have all units again."""
        if now - self._swept > WINDOW:
            self._due = {key: due for key, due in self._due.items() if due > now}
            self._swept = now

    def hold(self, holds: Iterable[Hold]) -> list[int]:
        return [min(wanted, max(capacity // self.workers, 1)) for _, capacity, wanted, _ in holds]
