"""
A streamed response, with heartbeats: server-sent events, or what the route's form has for them.

While there is no event, a heartbeat is sent every HEARTBEAT_SECONDS, so that proxies do not close
the connection. Headers are sent with the first event or the first heartbeat: until then a failure
can still be an HTTP status.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self

from django.conf import settings

from core.http.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.http.exchange import Exchange, Line

UNBUFFERED = (b"x-accel-buffering", b"no")  # otherwise nginx buffers events


class EventStream:
    """Use it by `async with`; `write` sends events, `end` closes the response."""

    def __init__(self, exchange: Exchange, lines: Iterable[Line] = ()) -> None:
        self.exchange = exchange
        self.set_lines(lines)
        self._watchdog = Watchdog(self._beat)
        self._interval = settings.HEARTBEAT_SECONDS
        self._beats: asyncio.Task[None] | None = None

    def set_lines(self, lines: Iterable[Line]) -> None:
        """Replace the header lines. They are sent with the first event or heartbeat."""
        self.lines = [(b"content-type", self.exchange.form.media_type), UNBUFFERED, *lines]

    async def __aenter__(self) -> Self:
        self._listen()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._watchdog.stop()
        if self._beats is not None:
            self._beats.cancel()
            await asyncio.gather(self._beats, return_exceptions=True)

    async def write(self, data: bytes) -> None:
        if data:
            self._listen()
            if not self.exchange.started:
                await self.exchange.start(200, self.lines)
            await self.exchange.write(data)

    async def end(self) -> None:
        if not self.exchange.started:
            await self.exchange.start(200, self.lines)
        await self.exchange.write(b"", more=False)

    def _listen(self) -> None:
        if self._interval > 0:
            self._watchdog.watch(time.monotonic() + self._interval)

    def _beat(self) -> None:
        if self._beats is None or self._beats.done():
            self._beats = asyncio.ensure_future(self.write(self.exchange.form.heartbeat))
        else:  # the last heartbeat is not sent yet, because the reader is slow
            self._listen()
