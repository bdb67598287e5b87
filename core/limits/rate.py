"""Units in a minute: requests, pages, tokens."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.limits.errors import LimitedError

if TYPE_CHECKING:
    from core.limits.leases import Taken
    from core.limits.source import Source

PART = 10  # a worker leases a tenth of what a minute has
IDLE_SECONDS = 2.0  # after which an unused reserve is given back


@dataclass(slots=True)
class _Reserve:
    units: float = 0.0  # negative: used, and not yet charged
    limit: float = 0.0
    none_until: float = 0.0  # the source has none before
    used_at: float = 0.0


class Rate:
    """Counts units by key, from reserves. Safe from the event loop and from threads."""

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self._source = source
        self._reserves: dict[str, _Reserve] = {}
        self._lock = threading.Lock()

    async def take(self, key: str, limit: float) -> None:
        """Take a unit of `limit` in a minute; 0 is no limit. Raises LimitedError."""
        while not self._take(key, limit):
            await self._source.ask(key, lambda: self._refill(key, limit))

    async def check(self, key: str, limit: float) -> None:
        """Raise LimitedError if no unit is left. What is used is charged later."""
        while not self._take(key, limit, 0):
            await self._source.ask(key, lambda: self._refill(key, limit))

    def take_blocking(self, key: str, limit: float) -> None:
        """Do as `take`, in a thread."""
        while not self._take(key, limit):
            self._refill(key, limit)

    def _take(self, key: str, limit: float, units: int = 1) -> bool:
        """Take units of the reserve; False if it has not one. Raises LimitedError."""
        if limit <= 0:
            return True
        now = time.monotonic()
        with self._lock:
            reserve = self._reserves.get(key)
            if reserve is None:
                reserve = self._reserves[key] = _Reserve()
            reserve.limit, reserve.used_at = limit, now
            if reserve.none_until > now:
                raise LimitedError(reserve.none_until - now)
            if reserve.units < 1:
                return False
            reserve.units -= units
            return True

    def charge(self, key: str, limit: float, units: float) -> None:
        """Take units that were used before they could be counted: more than there are, perhaps."""
        if limit > 0:
            with self._lock:
                reserve = self._reserves.setdefault(key, _Reserve())
                reserve.limit, reserve.used_at = limit, time.monotonic()
                reserve.units -= units

    def _refill(self, key: str, limit: float) -> None:
        with self._lock:
            reserve = self._reserves.setdefault(key, _Reserve())
            if reserve.units >= 1:
                return  # another caller was first
            had, reserve.units = reserve.units, 0.0
        self._add(key, self._source.take(f"{self.name}:{key}", limit, -had, limit // PART or 1))

    def _add(self, key: str, taken: Taken) -> None:
        with self._lock:
            reserve = self._reserves.setdefault(key, _Reserve())  # it may have been given back
            reserve.units += taken.granted
            reserve.none_until = time.monotonic() + taken.wait if taken.wait > 0 else 0.0

    def give_back(self) -> None:
        """Return unused reserves, and charge what is owed. For the worker's thread."""
        now = time.monotonic()
        for key, reserve in list(self._reserves.items()):
            with self._lock:
                idle = now - reserve.used_at > IDLE_SECONDS
                if not idle and reserve.units >= 0:
                    continue
                units, reserve.units = reserve.units, 0.0
                if idle and reserve.none_until <= now:
                    del self._reserves[key]
            if units:
                self._source.take(f"{self.name}:{key}", reserve.limit, -units, 0)
