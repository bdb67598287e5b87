"""
A WebSocket of ours, on Channels: who may open it, what it says, and how it ends.

Consumers inherit from `PortalConsumer`: it checks who may connect, announces a server stop, and
closes when the user signs out.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from core.errors import PortalError
from core.http.envelope import envelope, request_id
from core.http.tasks import restarting, tasks
from core.sockets.handshake import admit
from core.sockets.sessions import session_watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from core.auth import Credentials, Principal

LAST_WORD_SECONDS = 2.0
FRAMES_A_SECOND = 500
CLOSE_RESTART, CLOSE_SIGNED_OUT, CLOSE_STRIKES = 1012, 4401, 4400


class PortalConsumer(AsyncWebsocketConsumer):
    """An open socket of a signed-in user."""

    channel_layer_alias = None  # type: ignore[assignment]  # no groups: a layer that is down harms nobody
    shown: Credentials
    principal: Principal

    def __init__(self) -> None:
        super().__init__()
        self.open = False
        self._taken = self._second = 0

    def too_many(self) -> bool:
        """Count a frame. Did more come in this second than anybody needs?"""
        second = int(time.monotonic())
        self._taken = self._taken + 1 if second == self._second else 1
        self._second = second
        return self._taken > FRAMES_A_SECOND

    async def dispatch(self, message: Any) -> None:
        """Handle a message of the server's, without what Channels does before each.

        That hops to the one thread which all sockets share, behind any query that runs there.
        """
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: Any) -> None:
        try:
            if tasks.stopping:
                raise restarting()
            self.shown, self.principal = await admit(self.scope)
        except PortalError:
            return await self.close()
        await self.accept()
        self.open = True
        tasks.farewells.add(self.farewell)
        session_watch.add(self)

    async def websocket_disconnect(self, message: Any) -> None:
        self.left(message.get("code"))
        raise StopConsumer

    def left(self, code: int | None = None) -> None:
        """Take note that nobody reads any more; `code` is the reader's, if it closed."""
        self.open = False
        tasks.farewells.discard(self.farewell)
        session_watch.discard(self)

    async def complain(self, error: PortalError, id: str | None = None) -> None:  # noqa: A002
        body = envelope(error, request_id(None))
        async with in_time():
            await self.write({"type": "error", "id": id, **body})

    async def write(self, frame: Mapping[str, Any]) -> None:
        """Send a frame, unless the reader has left."""
        if self.open:
            try:
                await self.send(msgspec.json.encode(frame).decode())
            except OSError:  # it left, and the server has not told us yet
                self.left()

    async def shut(self, code: int) -> None:
        if self.open:
            self.left()
            async with in_time():
                try:
                    await self.close(code)
                except Exception:  # a bare Daphne knows few codes
                    await self.close()

    async def farewell(self) -> None:
        """Say that the server stops."""
        await self.complain(restarting())
        await self.shut(CLOSE_RESTART)

    async def sign_out(self, error: PortalError) -> None:
        """Close, because whoever opened this may not ask any more."""
        await self.complain(error)
        await self.shut(CLOSE_SIGNED_OUT)


@asynccontextmanager
async def in_time(seconds: float = LAST_WORD_SECONDS) -> AsyncIterator[None]:
    """Give up on a reader who does not take a last word."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        pass
