"""How much of a stream is parsed before others have their turn."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from registry.providers.reading import bad_response

if TYPE_CHECKING:
    from registry.providers.events import Event
    from registry.providers.wire import ChatStream

MIN_SIZE, MAX_SIZE = 1024, 64 * 1024  # bytes that are parsed at once
QUICK, SLOW = 0.0005, 0.002  # seconds for these
MAX_IDLE = 8 * 1024 * 1024  # bytes in a row without an event
SHARE, MAX_PAUSE = 4, 0.05  # times as long as such bytes were parsed, others have their turn


class Pace:
    """Feeds a parser. `size` is how much it should get at once."""

    __slots__ = ("_idle", "_parser", "size")

    def __init__(self, parser: ChatStream) -> None:
        self._parser = parser
        self._idle = 0
        self.size = MAX_SIZE // 4

    async def feed(self, data: bytes) -> list[Event]:
        """Return the events in `data`. Raises PortalError if there are none for too long."""
        if len(data) < self.size:  # no more has arrived
            events, took = self._parser.feed(data), 0.0
        else:
            events, took = self._timed(data)
        if events:
            self._idle = 0
            return events
        self._idle += len(data)
        if self._idle - self._parser.waiting > MAX_IDLE:
            raise bad_response(f"it holds {MAX_IDLE >> 20} MiB without an event", retry=False)
        if took > QUICK:  # blank lines, comments and the like, at full speed
            await asyncio.sleep(min(took * SHARE, MAX_PAUSE))
        return events

    def _timed(self, data: bytes) -> tuple[list[Event], float]:
        began = time.thread_time()  # of the processor: others may have it meanwhile
        events = self._parser.feed(data)
        took = time.thread_time() - began
        if took > SLOW:
            self.size = max(self.size // 2, MIN_SIZE)
        elif took < QUICK:
            self.size = min(self.size * 2, MAX_SIZE)
        return events, took
