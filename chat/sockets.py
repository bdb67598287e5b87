"""
The WebSockets, on Channels: `/ws/chat/` and `/ws/raw/`.

A socket has at most one answer under way. What it takes and sends stands in `chat.frames`; the
answers in `chat.talk` and `chat.raw`. Nothing here waits for a model or for the database.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from chat import frames
from chat.answers import LEFT, LOST, RESTARTING, STOPPED, Answer
from chat.raw import Raw
from chat.talk import Talk
from chat.watch import watch
from registry import http
from registry.errors import PortalError
from registry.handshake import admit
from registry.limits import rate_limit
from registry.work import restarting, work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from registry.auth import Credentials, Principal

FRAMES_A_SECOND = 500
LAST_WORD_SECONDS = 2.0
STRIKES = 10  # bad frames in a row
CLOSE_RESTART, CLOSE_STALLED, CLOSE_SIGNED_OUT, CLOSE_STRIKES = 1012, 1013, 4401, 4400
CLOSED_BY_READER = (1000, 1001)  # on purpose: closed, or gone to another page
CLOSING = {"reader_stalled": CLOSE_STALLED, "unauthenticated": CLOSE_SIGNED_OUT}


class Socket(AsyncWebsocketConsumer):
    """What both sockets share: who may open one, frames, and the one answer."""

    channel_layer_alias = None  # type: ignore[assignment]  # no groups: a layer that is down harms nobody
    shapes: ClassVar[Mapping[str, type[Any]]]
    answers: ClassVar[Callable[..., Answer[Any]]]
    shown: Credentials
    principal: Principal

    def __init__(self) -> None:
        super().__init__()
        self.answer: Answer[Any] | None = None
        self.strikes = 0
        self.taken = self.second = 0
        self.open = False

    async def dispatch(self, message: Any) -> None:
        """Handle a message of the server's, without what Channels does before each.

        That hops to the one thread which all sockets share, behind any query that runs there.
        """
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: Any) -> None:
        try:
            if work.stopping:
                raise restarting()
            self.shown, self.principal = await admit(self.scope)
        except PortalError:
            return await self.close()
        await self.accept()
        self.open = True
        work.farewells.add(self.farewell)
        watch.add(self)

    async def websocket_disconnect(self, message: Any) -> None:
        self._left(LEFT if message.get("code") in CLOSED_BY_READER else LOST)
        raise StopConsumer

    async def websocket_receive(self, message: Any) -> None:
        try:
            frame = await frames.read(message.get("text"), self.shapes)
            self._count()
        except frames.BadFrameError as bad:
            self.strikes += 1
            await self.complain(bad.error, bad.id)
            if self.strikes >= STRIKES:
                await self.shut(CLOSE_STRIKES)
            return
        self.strikes = 0
        try:
            self.handlers[type(frame)](self, frame)
        except PortalError as error:
            await self.complain(error, frame.id)

    def ask(self, frame: Any) -> None:
        """Start an answer. Raises PortalError `busy`, `rate_limited`, `server_restarting`."""
        if not self.open:
            return
        if self.answer is not None:
            message = "An answer is under way on this socket. Stop it, or wait for its end."
            raise PortalError("busy", message)
        if work.stopping:
            raise restarting()
        rate_limit.check(self.principal.limit_key)
        answer = self.answer = self.answers(frame, self.write, self.shown)
        work.start(self._run(answer), lambda: answer.end(RESTARTING))

    def stop(self, frame: frames.Stop) -> None:
        if self.answer is not None and self.answer.id == frame.id:
            self.answer.end(STOPPED)

    def ack(self, frame: frames.Ack) -> None:
        if self.answer is not None and self.answer.id == frame.id:
            self.answer.window.acknowledged(frame.seq)

    handlers: ClassVar[dict[type[Any], Callable[[Any, Any], None]]] = {
        frames.Ask: ask, frames.RawAsk: ask, frames.Stop: stop, frames.Ack: ack,
    }  # fmt: skip

    async def _run(self, answer: Answer[Any]) -> None:
        error = await answer.run()
        self.answer = None  # first: who hears the end may ask again at once
        async with _in_time(settings.READER_SECONDS):
            await answer.say_the_end(error)
        if error is not None and error.code in CLOSING:
            await self.shut(CLOSING[error.code])

    async def complain(self, error: PortalError, id: str | None = None) -> None:  # noqa: A002
        body = http.envelope(error, http.request_id(None))
        async with _in_time():
            await self.write({"type": "error", "id": id, **body})

    async def write(self, frame: Mapping[str, Any]) -> None:
        """Send a frame, unless the reader has left."""
        if self.open:
            try:
                await self.send(frames.write(frame))
            except OSError:  # it left, and the server has not told us yet
                self._left()

    async def shut(self, code: int) -> None:
        if self.open:
            self._left()
            async with _in_time():
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
        if self.answer is None:
            await self.complain(error)
            await self.shut(CLOSE_SIGNED_OUT)

    def _count(self) -> None:
        """Count a frame. Raises BadFrameError if there were too many in this second."""
        second = int(time.monotonic())
        self.taken = self.taken + 1 if second == self.second else 1
        self.second = second
        if self.taken > FRAMES_A_SECOND:
            self.strikes = STRIKES
            message = f"More than {FRAMES_A_SECOND} frames came in a second."
            raise frames.BadFrameError(PortalError("rate_limited", message))

    def _left(self, why: str = LOST) -> None:
        self.open = False
        work.farewells.discard(self.farewell)
        watch.discard(self)
        if self.answer is not None:
            self.answer.end(why)


@asynccontextmanager
async def _in_time(seconds: float = LAST_WORD_SECONDS) -> AsyncIterator[None]:
    """Give up on a reader who does not take a last word."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        pass


class ChatSocket(Socket):
    """A conversation: questions in, text out."""

    shapes = frames.CHAT
    answers = Talk


class RawSocket(Socket):
    """One prompt to one model, without history: the provider's own events out."""

    shapes = frames.RAW
    answers = Raw
