"""
`/ws/events/`: notifies open pages that the models have changed.

    ← {"type": "models", "version": "…", "spread": 0.3}    at once, and after each change

The message does not say what changed: the page reloads its parts, with its user's permissions, at
a random moment within `spread` seconds. The more pages are open, the longer that is.
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
MIN_SPREAD = 0.3  # seconds
PAGE_SECONDS = 0.02  # between two requests of pages that reload: each takes about so long


def version() -> str:
    """Return a hash of everything that pages show of the models."""
    registry = service.current
    health = [(name, state.status, state.names) for name, state in monitor.of(registry).items()]
    rejected = service.rejected.at if service.rejected else None
    state = repr((registry.version, health, rejected, service.store_down is None))
    return hashlib.sha256(state.encode()).hexdigest()[:12]


class EventsSocket(PortalConsumer):
    """The WebSocket of an open page. Frames from the page are ignored."""

    async def websocket_connect(self, message: Any) -> None:
        await super().websocket_connect(message)
        if self.open:
            broadcaster.add(self)
            await self.write(broadcaster.frame(version()))

    async def websocket_receive(self, message: Any) -> None:
        if self.too_many():
            await self.shut(CLOSE_STRIKES)

    def left(self, code: int | None = None) -> None:
        super().left(code)
        broadcaster.discard(self)


class EventBroadcaster:
    """Notifies all open pages of this process, in one task."""

    def __init__(self) -> None:
        self._pages: set[EventsSocket] = set()
        self._task: asyncio.Task[None] | None = None
        self._sent = ""

    def add(self, page: EventsSocket) -> None:
        self._pages.add(page)
        if self._task is None or self._task.done():
            self._sent = version()
            self._task = asyncio.ensure_future(self._broadcast())

    def discard(self, page: EventsSocket) -> None:
        self._pages.discard(page)

    def frame(self, now: str) -> dict[str, Any]:
        """Return the frame that reports this version to pages."""
        spread = max(MIN_SPREAD, len(self._pages) * PAGE_SECONDS)
        return {"type": "models", "version": now, "spread": round(spread, 2)}

    async def _broadcast(self) -> None:
        while self._pages:
            await asyncio.sleep(settings.STORE_SECONDS)
            try:
                now = version()
            except Exception:
                logger.exception("The check for changed models failed")
                continue
            if now != self._sent:
                self._sent = now
                frame = self.frame(now)
                await asyncio.gather(*(_send(page, frame) for page in list(self._pages)))


async def _send(page: EventsSocket, frame: dict[str, Any]) -> None:
    async with in_time():
        await page.write(frame)


broadcaster = EventBroadcaster()
