"""
The places of each provider, PROVIDER_CONCURRENCY over all workers: people take turns.

One person may hold a part of them, so that others get in at once.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings

from core.limits.limiter import limiter
from core.limits.payer import payer
from core.limits.shared_queue import SharedQueue
from core.person import person

if TYPE_CHECKING:
    from core.http.call import Call
    from registry.providers.http.transport import Deadlines

ANSWER_SECONDS = 5.0  # that an answer takes, until some were seen
MIN_FIRST_BYTE = 0.5  # seconds, for a call whose turn came at the last moment
_turns: dict[str, SharedQueue] = {}  # by provider, in this process


def turns_of(provider: str) -> SharedQueue:
    """Return the queue for a provider's places. One person may have a quarter of it waiting."""
    if turns := _turns.get(provider):
        return turns
    waiting = settings.PROVIDER_QUEUE
    turns = _turns[provider] = SharedQueue(
        provider,
        settings.PROVIDER_CONCURRENCY,
        waiting,
        -(-waiting // 4),
        ANSWER_SECONDS,
        limiter.source,
    )
    return turns


class Turn:
    """A place at a provider, for the person for whom the running task works."""

    __slots__ = ("_person", "_turns")

    def __init__(self, provider: str) -> None:
        self._turns = turns_of(provider)
        self._person = person.get()
        who = payer.get()
        self._turns.allow(self._person, who.limits.provider_places if who else 0)

    def take(self) -> bool:
        """Take a place if there is one."""
        return self._turns.take(self._person)

    async def wait(self, limits: Deadlines, call: Call) -> Deadlines:
        """Wait for a place and take it; return what is left of the call's deadlines.

        Raises PortalError `overloaded` if too many wait, or if no place becomes free before the
        first byte is due.
        """
        began = time.perf_counter()
        await self._turns.wait(self._person, limits.first_byte)
        waited = time.perf_counter() - began
        call.waited += waited
        first_byte = max(limits.first_byte - waited, MIN_FIRST_BYTE)
        return replace(limits, first_byte=first_byte, total=limits.total - waited)

    def give_back(self, seconds: float) -> None:
        """Return the place, which was held for `seconds`."""
        self._turns.give_back(seconds, self._person)
