"""
The base of the portal's WebSocket consumers.

They inherit from `PortalConsumer`: it checks who may connect, announces a server stop, and
closes when the user signs out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error

from core.database.outages import report
from core.errors import PortalError
from core.http.tasks import restarting, tasks
from core.limits.limiter import limiter
from core.sockets.errors import error_frame
from core.sockets.handshake import admit
from core.sockets.sessions import session_watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from core.auth.credentials import Credentials
    from core.auth.principals import Principal

logger = logging.getLogger(__name__)
SEND_SECONDS = 2.0  # for a last frame to a reader who may be gone
MAX_FRAMES_PER_SECOND = 500
CLOSE_RESTART, CLOSE_LATER, CLOSE_SIGNED_OUT, CLOSE_STRIKES = 1012, 1013, 4401, 4400


class PortalConsumer(AsyncWebsocketConsumer):
    """A WebSocket of a signed-in user."""

    channel_layer_alias = None  # type: ignore[assignment]  # no groups: needs no layer
    credentials: Credentials
    principal: Principal

    def __init__(self) -> None:
        super().__init__()
        self.open = False
        self._frames = self._second = 0

    def too_many(self) -> bool:
        """Count a frame. Are there more than MAX_FRAMES_PER_SECOND in this second?"""
        second = int(time.monotonic())
        self._frames = self._frames + 1 if second == self._second else 1
        self._second = second
        return self._frames > MAX_FRAMES_PER_SECOND

    async def dispatch(self, message: Any) -> None:
        """Handle a message of the server.

        Without Channels' database clean-up before each message, which waits for the one thread that
        all sockets share, behind any query that runs there.
        """
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: Any) -> None:
        try:
            if tasks.stopping:
                raise restarting()
            self.credentials, self.principal = await admit(self.scope)
        except PortalError:
            return await self.close()
        except Error as error:
            what = "A WebSocket could not be opened"
            return await self._refuse(report(error, logger, what))
        try:
            await limiter.open_socket(self.principal.payer)
        except PortalError as error:
            return await self._refuse(error)
        self.open = True
        await self.accept()
        tasks.farewells.add(self.farewell)
        session_watch.add(self)

    async def _refuse(self, error: PortalError) -> None:
        """Send `error` as a frame, then close: browsers do not show the status of a handshake."""
        await self.accept()
        async with in_time():
            await self.send(msgspec.json.encode(error_frame(error, self.scope)).decode())
            await self.close(CLOSE_LATER)

    async def websocket_disconnect(self, message: Any) -> None:
        self.left(message.get("code"))
        raise StopConsumer

    def left(self, code: int | None = None) -> None:
        """Stop using the socket: the reader is gone. `code` is its close code, if any."""
        if self.open:
            limiter.close_socket(self.principal.payer)
        self.open = False
        tasks.farewells.discard(self.farewell)
        session_watch.discard(self)

    async def send_error(self, error: PortalError, id: str | None = None) -> None:  # noqa: A002
        async with in_time():
            await self.write(error_frame(error, self.scope, id))

    async def write(self, frame: Mapping[str, Any]) -> None:
        """Send a frame, unless the reader has left."""
        if self.open:
            try:
                await self.send(msgspec.json.encode(frame).decode())
            except OSError:  # the reader left, but the disconnect message is not here yet
                self.left()

    async def shut(self, code: int) -> None:
        if self.open:
            self.left()
            async with in_time():
                try:
                    await self.close(code)
                except Exception:  # Daphne without `manage.py serve` accepts few codes
                    await self.close()

    async def farewell(self) -> None:
        """Send `server_restarting`, then close."""
        await self.send_error(restarting())
        await self.shut(CLOSE_RESTART)

    async def sign_out(self, error: PortalError) -> None:
        """Send `error`, then close: the user is no longer signed in."""
        await self.send_error(error)
        await self.shut(CLOSE_SIGNED_OUT)


@asynccontextmanager
async def in_time(seconds: float = SEND_SECONDS) -> AsyncIterator[None]:
    """Ignore a time-out of the block: the reader does not receive its frame."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        pass
