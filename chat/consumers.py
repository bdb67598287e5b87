"""
The WebSockets, on Channels: `/ws/chat/` and `/ws/raw/`.

A socket has at most one answer under way, which it asked for or follows. Its frames are in
`chat.frames`, its answers in `chat.answers`. Nothing here waits for a model or for the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext_noop as _

from chat import frames
from chat.answers.answer import LEFT, LOST, RESTARTING, STOPPED, Answer
from chat.answers.conversation import ConversationAnswer
from chat.answers.following import Following
from chat.answers.raw import RawAnswer
from chat.answers.sender import stalled
from chat.answers.temporary import TemporaryAnswer
from chat.answers.window import Window
from core.errors import PortalError
from core.http.tasks import restarting, tasks
from core.limits.limiter import limiter
from core.logs.requests import Entry, logged, wanted
from core.sockets.consumer import (
    CLOSE_SIGNED_OUT,
    CLOSE_STRIKES,
    MAX_FRAMES_PER_SECOND,
    PortalConsumer,
    in_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chat.answers.sender import Send
    from core.auth.credentials import Credentials

UNDER_WAY = _("An answer is under way on this socket. Stop it, or wait for its end.")
MAX_BAD_FRAMES = 10  # in a row
CLOSE_STALLED = 1013
CLOSED_BY_READER = (1000, 1001)  # on purpose: closed, or gone to another page
CLOSING = {"reader_stalled": CLOSE_STALLED, "unauthenticated": CLOSE_SIGNED_OUT}


class Socket(PortalConsumer):
    """The base of both sockets: reads frames, and runs one answer at a time."""

    shapes: ClassVar[Mapping[str, type[Any]]]
    answers: ClassVar[Callable[..., Answer[Any] | Following]]

    def __init__(self) -> None:
        super().__init__()
        self.answer: Answer[Any] | Following | None = None
        self.window = Window()  # of the latest answer, which may be read after its end
        self.bad_frames = 0

    async def websocket_receive(self, message: Any) -> None:
        try:
            frame = await frames.read(message.get("text"), self.shapes)
            if not self._acknowledges(frame):
                self._count()
        except frames.BadFrameError as bad:
            self.bad_frames += 1
            await self.send_error(bad.error, bad.id)
            if self.bad_frames >= MAX_BAD_FRAMES:
                await self.shut(CLOSE_STRIKES)
            return
        self.bad_frames = 0
        try:
            self.handlers[type(frame)](self, frame)
        except PortalError as error:
            await self.send_error(error, frame.id)

    def ask(self, frame: Any) -> None:
        """Start an answer. Raises PortalError `busy`, `server_restarting`."""
        if not self.open:
            return
        if self.answer is not None:
            raise PortalError("busy", UNDER_WAY)
        if tasks.stopping:
            raise restarting()
        answer = self.answer = self.answers(frame, self.write, self.credentials)
        answer.drop_reader = self.drop
        self.window = answer.window
        tasks.start(self._run(answer), lambda: answer.end(RESTARTING))

    async def drop(self, id: str) -> None:  # noqa: A002
        """Close the socket, whose reader has stalled; the answer `id` goes on."""
        await self.send_error(stalled(), id)
        await self.shut(CLOSE_STALLED)

    def stop(self, frame: frames.Stop) -> None:
        if self.answer is not None and self.answer.id == frame.id:
            self.answer.end(STOPPED)

    def ack(self, frame: frames.Ack) -> None:
        if self.window.id == frame.id:
            self.window.acknowledged(frame.seq)

    def _acknowledges(self, frame: Any) -> bool:
        """Is it the first `ack` of a piece? There are only as many of these as pieces."""
        return (
            isinstance(frame, frames.Ack)
            and frame.id == self.window.id
            and self.window.awaits(frame.seq)
        )

    handlers: ClassVar[dict[type[Any], Callable[[Any, Any], None]]] = {
        frames.Ask: ask, frames.RawAsk: ask, frames.Follow: ask, frames.Stop: stop, frames.Ack: ack,
    }  # fmt: skip

    async def _run(self, answer: Answer[Any] | Following) -> None:
        error = await self._answer(answer)
        self.answer = None  # before the last frame, after which the reader may ask again
        async with in_time(settings.READER_SECONDS):
            await answer.send_end(error)
        if error is not None and error.code in CLOSING:
            await self.shut(CLOSING[error.code])

    async def _answer(self, answer: Answer[Any] | Following) -> PortalError | None:
        if not wanted():
            return await self._answer_now(answer)
        line = Entry(answer.call.id, "WebSocket", self.scope["path"], call=answer.call)
        line.person = self.principal.limit_key
        with logged(line):
            error = await self._answer_now(answer)
            line.outcome = error.code if error else answer.ended_by or "ok"
        return error

    async def _answer_now(self, answer: Answer[Any] | Following) -> PortalError | None:
        payer = self.principal.payer
        try:
            await limiter.request(payer)
            if not answer.asks:
                return await answer.run()
            async with limiter.answer(payer):
                return await answer.run()
        except PortalError as error:
            return error

    async def sign_out(self, error: PortalError) -> None:
        # An answer that has begun may end; the next one is checked.
        if self.answer is None or not self.answer.asks:
            await super().sign_out(error)

    def _count(self) -> None:
        """Count a frame. Raises BadFrameError if too many came in this second."""
        if self.too_many():
            self.bad_frames = MAX_BAD_FRAMES
            message = f"More than {MAX_FRAMES_PER_SECOND} frames came in a second."
            raise frames.BadFrameError(PortalError("rate_limited", message))

    def left(self, code: int | None = None) -> None:
        super().left(code)
        if self.answer is not None:
            self.answer.leave(LEFT if code in CLOSED_BY_READER else LOST)


def _in_conversation(
    frame: frames.Ask | frames.Follow, send: Send, credentials: Credentials
) -> ConversationAnswer | TemporaryAnswer | Following:
    if isinstance(frame, frames.Follow):
        return Following(frame, send, credentials)
    kind = TemporaryAnswer if frame.temporary else ConversationAnswer
    return kind(frame, send, credentials)


class ChatSocket(Socket):
    """A conversation: questions in, text out."""

    shapes = frames.CHAT
    answers = staticmethod(_in_conversation)


class RawSocket(Socket):
    """One prompt to one model, without history: the provider's own records out."""

    shapes = frames.RAW
    answers = RawAnswer
