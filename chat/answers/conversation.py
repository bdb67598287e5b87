"""An answer in a conversation: sent on `/ws/chat/`, and stored."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import Error

from chat import conversations
from chat.adjusting import adjusted
from chat.answers.answer import STOPPED
from chat.answers.kept import kept, threads
from chat.answers.text import TextAnswer
from chat.answers.titling import Exchange, give_title, is_wanted
from chat.answers.upkeep import Upkeep
from chat.context import corrections
from chat.conversations import Begun, Record
from chat.models import WHOLE, State
from chat.pages.failures import as_record
from core.database.outages import report
from core.errors import PortalError
from core.http.tasks import tasks
from core.ids import as_uuid

if TYPE_CHECKING:
    from chat.answers.sender import Send
    from chat.frames import Ask
    from core.auth.credentials import Credentials
    from registry.entities import Resolution
    from registry.providers.wire import Body

logger = logging.getLogger(__name__)
_begin = threads.in_turn(conversations.begin)


class ConversationAnswer(TextAnswer):
    """Sends text as it arrives, and stores question and answer.

    If the question says so, it goes on without its reader: this task owns the answer.
    """

    def __init__(self, ask: Ask, send: Send, credentials: Credentials) -> None:
        super().__init__(ask, send, credentials)
        self.begun: Begun | None = None
        self.record = Record()
        self.stored = True
        self._thinking_since: int | None = None
        self._room_for_thoughts = conversations.MAX_THOUGHTS
        self._upkeep: Upkeep | None = None
        self._keeping_up: asyncio.Task[None] | None = None

    async def prepare(self) -> tuple[Resolution, Body]:
        self.begun = begun = await self._begin()
        self.record = begun.record
        self._upkeep = Upkeep(self, begun.answer, begun.record)
        self._keeping_up = asyncio.ensure_future(self._upkeep.run())
        context = begun.context
        self.hold(context)
        self.may_fall_back(begun.resolution, context, begun.before)
        await self.frame(
            "start",
            conversation=begun.conversation,
            message=begun.answer,
            user_message=begun.question,
            resolution=begun.resolution.as_dict(),
            context={"messages_sent": context.sent, "messages_dropped": context.dropped},
            percent_full=begun.percent_full,
        )
        if self.record.parts:
            await self.send_text(self.record.thoughts, self.record.content)
        fields = adjusted(self.ask, begun.resolution)
        return begun.resolution, {"messages": context.messages, **fields}

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

    def keep(self, thought: str, text: str) -> None:
        if thought:
            self._keep_thought(thought)
        if not text:
            return
        if self.record.first_token_ms is None:
            self.record.first_token_ms = self.elapsed_ms
            self._end_thinking()
        self.record.parts.append(text)

    def _keep_thought(self, thought: str) -> None:
        if self._thinking_since is None:
            self._thinking_since = self.elapsed_ms
        if self._room_for_thoughts > 0:
            self._room_for_thoughts -= len(thought)
            self.record.thought_parts.append(thought)

    def _end_thinking(self) -> None:
        """Note how long the model thought before its first word, or before its end."""
        if self._thinking_since is not None and self.record.thought_ms is None:
            self.record.thought_ms = self.elapsed_ms - self._thinking_since

    @property
    def outlives_reader(self) -> bool:
        return self.ask.on_leave == "finish" and settings.AWAY_SECONDS > 0

    def leave(self, why: str) -> None:
        if self.outlives_reader:
            self.detach()
        else:
            self.end(why)

    def _stall(self) -> None:
        if not self.outlives_reader:
            return super()._stall()
        self.detach()
        if self.drop_reader is not None:
            tasks.start(self.drop_reader(self.id))

    async def store(self, error: PortalError | None) -> None:
        if self.begun is None or self._keeping_up is None or self._upkeep is None:
            return
        self._keeping_up.cancel()
        self.keep(*self.tags.close())
        self._end_thinking()
        record = self.record
        record.usage = self.usage
        record.finish_reason = self.finish_reason or ""
        record.duration_ms = self.elapsed_ms
        record.receipt = as_uuid(self.call.receipt) if self.call.receipt else None
        record.state = self._state(error)
        noticed = self.attended or self._upkeep.followed or self.ended_by == STOPPED
        record.unread = not noticed
        if self.answered_by is not None:
            record.resolution = self.answered_by.as_dict()
        if error is not None:
            record.error = as_record(error, self.call.id)
            if "tried" in (resolution := error.resolution or {}):
                record.resolution = resolution
        self.stored = await kept.store(self.begun, record)
        if self.usage:
            reported = self.usage.get("prompt_tokens")
            answered_by = self.answered_by or self.begun.resolution
            corrections.learn(answered_by.id, self.begun.context.estimate, reported)

    async def send_end(self, error: PortalError | None) -> None:
        await super().send_end(error)
        if self.ask.title and self.stored and self.record.state == State.COMPLETE:
            tasks.start(self._give_title())

    async def _give_title(self) -> None:
        """Let a model name a new conversation, and send the title to its reader."""
        if self.begun is None or not is_wanted(self.ask.conversation):
            return
        answered_by = self.answered_by or self.begun.resolution
        texts = Exchange(self.ask.content, self.record.content, answered_by.provider.local)
        title = await give_title(self.credentials, self.begun.conversation, texts)
        if title:
            await self.frame("title", conversation=self.begun.conversation, title=title)

    def ending(self) -> dict[str, Any]:
        return {} if self.stored else {"stored": False}

    def _state(self, error: PortalError | None) -> State:
        if self.ended_by == STOPPED:
            return State.STOPPED
        if error is not None and not self.record.parts:
            return State.FAILED
        whole = error is None and self.ended_by is None and self.record.finish_reason in WHOLE
        return State.COMPLETE if whole else State.INTERRUPTED
