"""An answer in a conversation: sent on `/ws/chat/`, and stored."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from django.db import DatabaseError

from chat import conversations
from chat.answers.answer import STOPPED, Answer
from chat.context import corrections
from chat.conversations import Begun, Record
from chat.frames import Ask
from chat.models import WHOLE, State
from core.database import database_threads
from core.errors import PortalError
from registry.providers.events import Chunk

if TYPE_CHECKING:
    from chat.answers.answer import Send
    from core.auth import Credentials
    from registry.entities import Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body

logger = logging.getLogger(__name__)
PROGRESS_SECONDS = 3.0  # of an answer that a crash may lose
RETRY_PAUSES = (0.5, 2.0, 5.0)  # seconds between tries to store the end of an answer
MAX_DELTA = 32 * 1024  # characters, so that one delta exceeds the window by little

_threads = database_threads(4, "chat-database")
_begin = database_sync_to_async(conversations.begin, False, _threads)
_progress = database_sync_to_async(conversations.progress, False, _threads)
_finish = database_sync_to_async(conversations.finish, False, _threads)


class ConversationAnswer(Answer[Ask]):
    """Sends text as it arrives, and stores question and answer."""

    def __init__(self, ask: Ask, send: Send, credentials: Credentials) -> None:
        super().__init__(ask, ask.id, send)
        self.credentials = credentials
        self.begun: Begun | None = None
        self.record = Record()
        self._storing: asyncio.Task[None] | None = None

    async def prepare(self) -> tuple[Resolution, Body]:
        try:
            self.begun = begun = await _begin(self.credentials, self.ask)
        except DatabaseError:
            logger.exception("A question could not be stored (request %s)", self.call.id)
            message = "The portal's database is busy. Ask again."
            raise PortalError("overloaded", message, retry_after=1) from None
        self._storing = asyncio.ensure_future(self._store_progress(begun.answer))
        context = begun.context
        await self.frame(
            "start",
            conversation=begun.conversation,
            message=begun.answer,
            user_message=begun.question,
            resolution=begun.resolution.as_dict(),
            context={"messages_sent": context.sent, "messages_dropped": context.dropped},
            percent_full=begun.percent_full,
        )
        return begun.resolution, {"messages": context.messages}

    async def relay(self, events: list[Event]) -> None:
        text = "".join(event.text for event in events if isinstance(event, Chunk))
        if not text:
            return
        text = text.replace("\0", "\ufffd")  # Postgres stores no NUL
        if self.record.first_token_ms is None:
            self.record.first_token_ms = self.elapsed_ms
        self.record.parts.append(text)
        for i in range(0, len(text), MAX_DELTA):
            piece = text[i : i + MAX_DELTA]
            await self.send_piece("delta", len(piece.encode()), text=piece)

    async def _store_progress(self, answer: int) -> None:
        """Store the text so far, in a task: so a slow database delays no text."""
        stored = 0
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            if (count := len(self.record.parts)) > stored:
                try:
                    await _progress(answer, self.record.content)
                    stored = count
                except DatabaseError as error:
                    logger.warning("A part of an answer could not be stored yet: %s", error)

    async def store(self, error: PortalError | None) -> None:
        if self.begun is None or self._storing is None:
            return
        self._storing.cancel()
        record = self.record
        record.usage = self.usage
        record.finish_reason = self.finish_reason or ""
        record.duration_ms = self.elapsed_ms
        record.state = self._state(error)
        if error is not None:
            record.error = {"code": error.code, "message": error.message}
        await self._finish(self.begun.answer)
        if self.usage:
            reported = self.usage.get("prompt_tokens")
            corrections.learn(self.begun.resolution.id, self.begun.context.estimate, reported)

    async def _finish(self, answer: int) -> None:
        """Store the end, and retry if the database is busy: nothing else does it later."""
        for pause in RETRY_PAUSES:
            try:
                return await _finish(answer, self.record)
            except DatabaseError as error:
                logger.warning("The end of an answer could not be stored yet: %s", error)
            await asyncio.sleep(pause)
        await _finish(answer, self.record)

    def _state(self, error: PortalError | None) -> State:
        if self.ended_by == STOPPED:
            return State.STOPPED
        if error is not None and not self.record.parts:
            return State.FAILED
        whole = error is None and self.ended_by is None and self.record.finish_reason in WHOLE
        return State.COMPLETE if whole else State.INTERRUPTED
