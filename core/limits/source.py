"""Asks for leases: off the event loop where that may block, and once for many who wait."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from core.limits.leases import LeasesDownError, OwnLeases

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from core.limits.leases import Hold, Leases, Taken

T = TypeVar("T")
logger = logging.getLogger(__name__)
AWAY_SECONDS = 1.0  # for which leases that cannot be had are not asked for again
SETTLE_SECONDS = 2 * AWAY_SECONDS  # by then all workers have written what they use


class Source:
    """The leases of the store, or this worker's share of each limit while there are none."""

    def __init__(self) -> None:
        self.share = OwnLeases()
        self._leases: Leases = self.share
        self._away_until = 0.0
        self._threads = ThreadPoolExecutor(2, "limits")
        self._asked: dict[str, asyncio.Future[None]] = {}

    @property
    def shared(self) -> bool:
        """Do other workers lease from it, too?"""
        return self._leases.shared

    @property
    def settles(self) -> bool:
        """Did it come back just now? It may not know yet what other workers use."""
        return self._away_until > 0 and time.monotonic() < self._away_until + SETTLE_SECONDS

    def use(self, leases: Leases) -> None:
        """Lease from `leases` from now on."""
        self._leases = leases

    async def ask(self, key: str, refill: Callable[[], None]) -> None:
        """Call `refill`, for all who ask for `key` meanwhile."""
        if not self.shared:
            return refill()
        asked = self._asked.get(key)
        # To await one that is done does not suspend: a caller that repeats would block the loop.
        if asked is None or asked.done():
            asked = asyncio.get_running_loop().run_in_executor(self._threads, refill)
            self._asked[key] = asked
            asked.add_done_callback(lambda done: self._forget(key, done))
        await asyncio.shield(asked)

    def _forget(self, key: str, done: asyncio.Future[None]) -> None:
        if self._asked.get(key) is done:
            del self._asked[key]

    def take(self, key: str, per_minute: float, owed: float, wanted: float) -> Taken:
        return self._call(lambda leases: leases.take(key, per_minute, owed, wanted))

    def hold(self, holds: Collection[Hold]) -> list[int]:
        return self._call(lambda leases: leases.hold(holds)) if holds else []

    def _call(self, use: Callable[[Leases], T]) -> T:
        if time.monotonic() < self._away_until:
            return use(self.share)
        try:
            return use(self._leases)
        except LeasesDownError as error:
            logger.debug("No leases: %s", error)  # the worker reports the store
            self._away_until = time.monotonic() + AWAY_SECONDS
            return use(self.share)
