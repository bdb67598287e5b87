"""A call to a provider while it is active: its place, its time, and the memory it takes."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from django.conf import settings

from core.errors import PortalError
from core.http.call import Call
from core.limits.payer import payer
from registry import usage
from registry.budgets.check import budgets
from registry.gateway.turns import Turn
from registry.providers.http import transport

if TYPE_CHECKING:
    from registry.entities import Provider
    from registry.metering.metered import Metered

# Bytes of unfinished records and answers, of all calls of this process: past it, those end that
# keep more than FAIR.
MAX_BUFFERED, FAIR = 256 * 1024 * 1024, 1024 * 1024
_buffered = 0


class ActiveCall:
    """Counts a call while it is active, and gives back the place that `begin` took.

    A class, because a generator as context manager costs three times as much; not an asynchronous
    one, because a call that need not wait should not pay for that.
    """

    __slots__ = (
        "_began", "_has_waited", "_meters", "_server", "_size", "_turn", "buffered", "call",
    )  # fmt: skip

    def __init__(self, provider: Provider, call: Call | None, size: int = 0) -> None:
        self._server = provider
        self._turn = Turn(provider.name)
        self._meters = usage.of_provider(provider.name)
        self.call = call or Call()
        self._size = size  # bytes of the request

    async def begin(self, wait: float | None) -> transport.Deadlines:
        """Take a place, and return the call's deadlines. Enter the context at once after it.

        Raises PortalError as `Turn.wait` does, and `budget_exceeded`.
        """
        times = deadlines(wait)
        if self.call.metered and budgets.current():
            await self._reserve(self.call.metered)
        return times if self._turn.take() else await self._turn.wait(times, self.call)

    async def _reserve(self, metered: Metered) -> None:
        """Take from budgets what the call may use; `Metered` settles it."""
        expected = metered.expected(self._size)
        reserved = await budgets.reserve(metered.chosen, expected, payer.get(), metered.images)
        metered.reserved = reserved
        if header := reserved.header:
            self.call.lines = ((b"x-budget", header),)

    def __enter__(self) -> Self:
        self._meters.under_way.inc()
        if self._server.server:
            usage.server_calls.labels(self._server.name, self._server.server).inc()
        if self.call.metered:
            self.call.metered.sends(self._size)
        self._began = time.perf_counter()
        self._has_waited = False
        self.buffered = 0
        return self

    def first_byte(self) -> None:
        """Add the time until now to the call's waiting time, once."""
        if not self._has_waited:
            self._has_waited = True
            self.call.waited += time.perf_counter() - self._began
            if self.call.metered:
                self.call.metered.first_byte()

    def buffer(self, size: int) -> None:
        """Count an unfinished record or answer. Raises PortalError if all together are too large.

        Small ones may go on: they are not what fills the memory.
        """
        global _buffered
        if size == self.buffered:
            return
        _buffered += size - self.buffered
        self.buffered = size
        if _buffered > MAX_BUFFERED and size > FAIR:
            message = "The answers under way are too large. Try again in a moment."
            raise PortalError("overloaded", message, retry_after=1)

    def __exit__(self, *exc_info: object) -> None:
        self.first_byte()
        global _buffered
        _buffered -= self.buffered
        seconds = time.perf_counter() - self._began
        self._turn.give_back(seconds)
        self._meters.upstream.observe(seconds)
        self._meters.under_way.dec()


@lru_cache(maxsize=1)
def answer_limit() -> transport.Limit:
    return transport.Limit(settings.MAX_ANSWER_BYTES, "MAX_ANSWER_BYTES")


@lru_cache(maxsize=256)
def deadlines(wait: float | None) -> transport.Deadlines:
    """Return the settings' deadlines; `wait` replaces that of the first byte."""
    first_byte = wait or settings.FIRST_BYTE_TIMEOUT
    total = max(settings.TOTAL_TIMEOUT, first_byte)
    return transport.Deadlines(settings.CONNECT_TIMEOUT, first_byte, settings.IDLE_TIMEOUT, total)
