"""
An answer of server-sent events that never falls silent.

While the model thinks, a comment goes out every HEARTBEAT_SECONDS, so that proxies do not take
the connection for dead. Headers wait for the first event or the first heartbeat: until then a
failure can still be an HTTP status.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.exchange import Exchange, Line

LINES = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back
]


class EventStream:
    """`async with` it; `write` sends events, `end` closes the answer."""

    def __init__(self, exchange: Exchange, lines: Iterable[Line] = ()) -> None:
        self.exchange = exchange
        self.lines = [*LINES, *lines]
        self.last = time.monotonic()  # when something was sent

    async def __aenter__(self) -> Self:
        self.heart = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.heart.cancel()
        await asyncio.gather(self.heart, return_exceptions=True)

    async def write(self, data: bytes) -> None:
        if data:
            self.last = time.monotonic()
            if not self.exchange.started:
                await self.exchange.start(200, self.lines)
            await self.exchange.write(data)

    async def end(self) -> None:
        if not self.exchange.started:
            await self.exchange.start(200, self.lines)
        await self.exchange.write(b"", more=False)

    async def _beat(self) -> None:
        while settings.HEARTBEAT_SECONDS > 0:
            rest = self.last + settings.HEARTBEAT_SECONDS - time.monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
            else:
                await self.write(b": waiting\n\n")
