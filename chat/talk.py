"""An answer in a conversation: what `/ws/chat/` sends, and what of it is stored."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async

from chat import conversations
from chat.answers import STOPPED, Answer
from chat.context import corrections
from chat.conversations import Begun, Record
from chat.frames import Ask
from chat.models import State
from registry.providers.wire import Chunk

if TYPE_CHECKING:
    from chat.answers import Send
    from registry.auth import Credentials
    from registry.entities import Resolution
    from registry.errors import PortalError
    from registry.providers.wire import Body, Event

PROGRESS_SECONDS = 3.0  # how much of an answer a crash may cost
PIECE_CHARACTERS = 32 * 1024  # in one delta at most, so that a window is not far exceeded
WHOLE = {None, "stop", "tool_calls", "function_call"}  # finish reasons of an answer that is whole

# Not the one thread that all consumers share by default: a slow query would stop every socket.
_begin = database_sync_to_async(conversations.begin, thread_sensitive=False)
_progress = database_sync_to_async(conversations.progress, thread_sensitive=False)
_finish = database_sync_to_async(conversations.finish, thread_sensitive=False)


class Talk(Answer[Ask]):
    """Sends text as it comes, and stores question and answer."""

    def __init__(self, ask: Ask, send: Send, shown: Credentials) -> None:
        super().__init__(ask, ask.id, send)
        self.shown = shown
        self.begun: Begun | None = None
        self.record = Record()
        self.stored = time.monotonic()

    async def prepare(self) -> tuple[Resolution, Body]:
        self.begun = begun = await _begin(self.shown, self.ask)
        await self.frame(
            "start",
            conversation=begun.conversation,
            message=begun.answer,
            user_message=begun.question,
            resolution=begun.resolution.as_dict(),
            context={
                "messages_sent": begun.context.sent,
                "messages_dropped": begun.context.dropped,
            },
        )
        return begun.resolution, {"messages": begun.context.messages}

    async def relay(self, events: list[Event], verbatim: list[bytes]) -> None:
        text = "".join(event.text for event in events if isinstance(event, Chunk))
        if not text:
            return
        text = text.replace("\0", "\ufffd")  # which no database stores
        if self.record.first_token_ms is None:
            self.record.first_token_ms = self.elapsed_ms
        self.record.parts.append(text)
        for i in range(0, len(text), PIECE_CHARACTERS):
            piece = text[i : i + PIECE_CHARACTERS]
            await self.flow("delta", len(piece.encode()), text=piece)
        if time.monotonic() - self.stored > PROGRESS_SECONDS and self.begun:
            self.stored = time.monotonic()
            await _progress(self.begun.answer, self.record.content)

    async def keep(self, error: PortalError | None) -> None:
        if self.begun is None:
            return
        record = self.record
        record.usage = self.usage
        record.finish_reason = self.finish_reason or ""
        record.duration_ms = self.elapsed_ms
        record.state = self._state(error)
        if error is not None:
            record.error = {"code": error.code, "message": error.message}
        await _finish(self.begun.answer, record)
        if self.usage:
            reported = self.usage.get("prompt_tokens")
            corrections.learn(self.begun.resolution.id, self.begun.context.estimate, reported)

    def _state(self, error: PortalError | None) -> State:
        if self.ended_by == STOPPED:
            return State.STOPPED
        if error is not None and not self.record.parts:
            return State.FAILED
        whole = error is None and self.ended_by is None and self.finish_reason in WHOLE
        return State.COMPLETE if whole else State.INTERRUPTED
