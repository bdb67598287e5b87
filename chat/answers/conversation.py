"""An answer in a conversation: sent on `/ws/chat/`, and stored."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from django.db import Error

from chat import conversations
from chat.answers.answer import STOPPED
from chat.answers.kept import kept, threads
from chat.answers.text import TextAnswer
from chat.context import corrections
from chat.conversations import Begun, Record
from chat.models import WHOLE, State
from core.database.outages import report
from core.errors import PortalError

if TYPE_CHECKING:
    from chat.answers.answer import Send
    from chat.frames import Ask
    from core.auth.credentials import Credentials
    from registry.entities import Resolution
    from registry.providers.wire import Body

logger = logging.getLogger(__name__)
PROGRESS_SECONDS = 3.0  # of an answer that a crash may lose

_begin = threads.in_turn(conversations.begin)
_progress = threads.in_turn(conversations.progress)


class ConversationAnswer(TextAnswer):
    """Sends text as it arrives, and stores question and answer."""

    def __init__(self, ask: Ask, send: Send, credentials: Credentials) -> None:
        super().__init__(ask, send, credentials)
        self.begun: Begun | None = None
        self.record = Record()
        self.stored = True
        self._storing: asyncio.Task[None] | None = None

    async def prepare(self) -> tuple[Resolution, Body]:
        self.begun = begun = await self._begin()
        self._storing = asyncio.ensure_future(self._store_progress(begun.answer))
        context = begun.context
        self.may_fall_back(begun.resolution, context)
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

    async def _begin(self) -> Begun:
        """Store the question. Raises PortalError, also `overloaded`; then it gets no answer."""
        try:
            await kept.make_room(self.ask.conversation)
            begun = await _begin(self.credentials, self.ask)
        except Error as error:
            kept.doubt()
            what = "A question could not be stored (request %s)"
            raise report(error, logger, what, self.call.id) from None
        kept.running.add(begun.answer)
        return begun

    def keep(self, text: str) -> None:
        if self.record.first_token_ms is None:
            self.record.first_token_ms = self.elapsed_ms
        self.record.parts.append(text)

    async def _store_progress(self, answer: int) -> None:
        """Store the text so far, in a task: so a slow database delays no text."""
        stored, failed = 0, False
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            if (count := len(self.record.parts)) > stored:
                try:
                    await _progress(answer, self.record.content)
                    stored = count
                except Error as error:
                    if not failed:
                        logger.warning("A part of an answer could not be stored yet: %s", error)
                    failed = True

    async def store(self, error: PortalError | None) -> None:
        if self.begun is None or self._storing is None:
            return
        self._storing.cancel()
        record = self.record
        record.usage = self.usage
        record.finish_reason = self.finish_reason or ""
        record.duration_ms = self.elapsed_ms
        record.state = self._state(error)
        if self.answered_by is not None:
            record.resolution = self.answered_by.as_dict()
        if error is not None:
            record.error = {"code": error.code, "message": error.message}
            resolution = error.resolution or {}
            if "fallbacks" in resolution:
                record.error["fallbacks"] = resolution["fallbacks"]
            if "tried" in resolution:
                record.resolution = resolution
        self.stored = await kept.store(self.begun, record)
        if self.usage:
            reported = self.usage.get("prompt_tokens")
            answered_by = self.answered_by or self.begun.resolution
            corrections.learn(answered_by.id, self.begun.context.estimate, reported)

    def ending(self) -> dict[str, Any]:
        return {} if self.stored else {"stored": False}

    def _state(self, error: PortalError | None) -> State:
        if self.ended_by == STOPPED:
            return State.STOPPED
        if error is not None and not self.record.parts:
            return State.FAILED
        whole = error is None and self.ended_by is None and self.record.finish_reason in WHOLE
        return State.COMPLETE if whole else State.INTERRUPTED
