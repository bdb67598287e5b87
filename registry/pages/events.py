"""
`/ws/events/`: tells open pages that what they show has changed.

    ← {"type": "models", "version": "…"}    at once, and whenever it is another one

What changed is not told: a page fetches its parts anew, with its user's rights.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Any

from django.conf import settings

from core.sockets.consumer import CLOSE_STRIKES, PortalConsumer, in_time
from registry.health.monitor import monitor
from registry.state.service import service

logger = logging.getLogger(__name__)


def version() -> str:
    """Return what is another one when anything that pages show of the models has changed."""
    registry = service.current
    health = [(name, found.status, found.names) for name, found in monitor.of(registry).items()]
    rejected = service.rejected.at if service.rejected else None
    seen = repr((registry.version, health, rejected, service.store_down is None))
    return hashlib.sha256(seen.encode()).hexdigest()[:12]


class EventsSocket(PortalConsumer):
    """An open page. What it sends is not read."""

    async def websocket_connect(self, message: Any) -> None:
        await super().websocket_connect(message)
        if self.open:
            await self.write({"type": "models", "version": version()})
            broadcaster.add(self)

    async def websocket_receive(self, message: Any) -> None:
        if self.too_many():
            await self.shut(CLOSE_STRIKES)

    def left(self, code: int | None = None) -> None:
        super().left(code)
        broadcaster.discard(self)


class EventBroadcaster:
    """The pages that are open in this process. One task tells them all."""

    def __init__(self) -> None:
        self._pages: set[EventsSocket] = set()
        self._task: asyncio.Task[None] | None = None
        self._told = ""

    def add(self, page: EventsSocket) -> None:
        self._pages.add(page)
        if self._task is None or self._task.done():
            self._told = version()
            self._task = asyncio.ensure_future(self._tell())

    def discard(self, page: EventsSocket) -> None:
        self._pages.discard(page)

    async def _tell(self) -> None:
        while self._pages:
            await asyncio.sleep(settings.STORE_SECONDS)
            try:
                now = version()
            except Exception:
                logger.exception("It could not be told whether the models have changed")
                continue
            if now != self._told:
                self._told = now
                await asyncio.gather(*(_send(page, now) for page in list(self._pages)))


async def _send(page: EventsSocket, now: str) -> None:
    async with in_time():
        await page.write({"type": "models", "version": now})


broadcaster = EventBroadcaster()
