"""
Places that people wait for in turn, counted over all workers.

A worker leases places as it needs them, with some ahead, so that most requests find one without a
round trip. One person may hold a part of all places; these are leased for that person, too. With
one worker nothing is leased.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.fair_queue import FairQueue
from core.limits.leases import Hold

if TYPE_CHECKING:
    from collections.abc import Hashable

    from core.limits.source import Source

PART = 16  # all workers together lease a sixteenth of the places ahead
RENEW_SECONDS = 0.5
POLL_SECONDS = 0.1  # between two renewals while someone waits, and for which a refusal holds
IDLE_SECONDS = 2.0  # after which nothing is leased ahead


@dataclass(slots=True)
class _Share:
    """What a person, or everyone, may hold: `most` over all workers, `held` on this one."""

    most: int
    held: int = 0
    used: int = 0
    used_at: float = 0.0
    none_until: float = 0.0

    def adopt(self, hold: Hold, granted: int) -> None:
        self.held = granted
        if granted < hold.wanted:
            self.none_until = time.monotonic() + POLL_SECONDS


class SharedQueue(FairQueue):
    """A fair queue for `capacity` places of all workers. `allow` a person before it takes one."""

    def __init__(
        self, what: str, capacity: int, waiting: int, each: int, expected: float, source: Source
    ) -> None:
        self._leased = source.shared
        super().__init__(what, 0 if self._leased else capacity, waiting, each, expected)
        self._source = source
        self._all = _Share(capacity)
        self._people: dict[Hashable, _Share] = {}
        self._askers: list[tuple[Hashable, asyncio.Future[None]]] = []
        self._asked = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    def allow(self, person: Hashable, most: int) -> None:
        """Let a person hold up to `most` of the places; 0 is no limit."""
        share = self._people.get(person)
        if share is None:
            share = self._people[person] = _Share(0)
        share.most = most or self._all.most
        share.used_at = self._all.used_at = time.monotonic()
        if not self._leased:
            share.held = share.most

    def _may_have(self, person: Hashable) -> bool:
        share = self._people[person]
        return share.used < share.held and share.used < share.most

    def _give(self, person: Hashable) -> None:
        super()._give(person)
        self._people[person].used += 1

    def _take_back(self, person: Hashable) -> None:
        super()._take_back(person)
        self._people[person].used -= 1
        if not self._leased:
            self._forget(person)

    def _forget(self, person: Hashable) -> None:
        if not self._people[person].used and person not in self._lines:
            del self._people[person]

    async def wait(self, person: Hashable, seconds: float) -> None:
        """Do as a queue of one worker; what must be leased first is not waiting."""
        if self._leased:
            began = time.monotonic()
            if self._keeper is None or self._keeper.done():
                self._keeper = asyncio.create_task(self._keep())
            if not self._is_refused(person, began):
                await self._lease(person)
                if self.take(person):
                    return
            return await super().wait(person, seconds - (time.monotonic() - began))
        try:
            await super().wait(person, seconds)
        finally:
            self._forget(person)

    # ── Leases ──────────────────────────────────────────────────────────────────────────────

    def _is_refused(self, person: Hashable, now: float) -> bool:
        return max(self._all.none_until, self._people[person].none_until) > now

    async def _lease(self, person: Hashable) -> None:
        """Ask once for a place for `person`."""
        asker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._askers.append((person, asker))
        self._asked.set()
        await asker

    async def _keep(self) -> None:
        """Renew what this worker holds, until it needs nothing."""
        try:
            while True:
                await self._renew()
                if not self._people:
                    return
                await self._pause()
        finally:
            self.places = 0  # what is not renewed is no longer held

    async def _pause(self) -> None:
        now = time.monotonic()
        short = any(self._is_refused(person, now) for person in self._people)
        with suppress(TimeoutError):
            seconds = POLL_SECONDS if short or self.waiting else RENEW_SECONDS
            await asyncio.wait_for(self._asked.wait(), seconds)

    async def _renew(self) -> None:
        self._asked.clear()
        askers, self._askers = self._askers, []
        shares, holds = self._holds(Counter(person for person, _ in askers))
        granted: list[int] = []
        try:
            await self._source.ask(
                f"places:{self.what}", lambda: granted.extend(self._source.hold(holds))
            )
            for share, hold, number in zip(shares, holds, granted, strict=True):
                share.adopt(hold, number)
            self.places = self._all.held
        finally:
            for _, asker in askers:
                if not asker.done():
                    asker.set_result(None)

    def _holds(self, asking: Counter[Hashable]) -> tuple[list[_Share], list[Hold]]:
        """Return what to ask for: for everyone, then for each person. Until then hold no more."""
        needs = {person: self._need(person, asking[person]) for person in self._people}
        whole = self._hold("", self._all, self.held, sum(needs.values()))
        self.places = min(self.places, self._all.held)
        holds = [whole, *(
            self._hold(f":{person}", share, share.used, needs[person])
            for person, share in self._people.items()
        )]  # fmt: skip
        shares = [self._all, *self._people.values()]
        self._people = {
            person: share
            for (person, share), hold in zip(self._people.items(), holds[1:], strict=True)
            if hold.wanted or person in self._lines or share.used_at > _recently()
        }
        return shares, holds

    def _need(self, person: Hashable, asking: int) -> int:
        """Return how many places more this person could take now."""
        share = self._people[person]
        waiting = asking + len(self._lines.get(person, ()))
        return max(min(waiting, share.most - share.used), 0)

    def _hold(self, name: str, share: _Share, used: int, need: int) -> Hold:
        recent = used or need or share.used_at > _recently()
        ahead = share.most // (PART * self._source.share.workers) if recent else 0
        most = share.most
        if self._source.settles:
            most = max(most // self._source.share.workers, 1)
        wanted = max(min(used + need + ahead, most), used)
        share.held = min(share.held, wanted)
        return Hold(f"places:{self.what}{name}", share.most, wanted, used)


def _recently() -> float:
    return time.monotonic() - IDLE_SECONDS
