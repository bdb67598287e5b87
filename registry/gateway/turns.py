"""
Waiting for a provider whose places, PROVIDER_CONCURRENCY, are all taken: people take turns.

How many places one person may hold is not limited here: `Client` takes a place before each call,
and that is where such a limit belongs.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings

from core.fair_queue import FairQueue
from core.person import person

if TYPE_CHECKING:
    from core.http.call import Call
    from registry.providers.http.transport import Deadlines

ANSWER_SECONDS = 5.0  # that an answer takes, until some were seen
MIN_FIRST_BYTE = 0.5  # seconds, for a call whose turn came at the last moment
_turns: dict[str, FairQueue] = {}  # by provider, in this process


def turns_of(provider: str) -> FairQueue:
    """Return the queue for a provider's places. One person may have a quarter of it waiting."""
    if turns := _turns.get(provider):
        return turns
    waiting = settings.PROVIDER_QUEUE
    turns = _turns[provider] = FairQueue(
        provider, settings.PROVIDER_CONCURRENCY, waiting, -(-waiting // 4), ANSWER_SECONDS
    )
    return turns


async def in_turn(turns: FairQueue, limits: Deadlines, call: Call) -> Deadlines:
    """Wait for a place and take it; return what is left of the call's deadlines.

    Raises PortalError `overloaded` if too many wait, or if no place becomes free before the first
    byte is due.
    """
    began = time.perf_counter()
    await turns.wait(person.get(), limits.first_byte)
    waited = time.perf_counter() - began
    call.waited += waited
    first_byte = max(limits.first_byte - waited, MIN_FIRST_BYTE)
    return replace(limits, first_byte=first_byte, total=limits.total - waited)
