"""
An answer in a temporary conversation: sent on `/ws/chat/`, and stored nowhere.

The caller keeps the conversation, and sends it with each question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat import size
from chat.answers.text import TextAnswer
from chat.context import Context, corrections
from chat.conversations import context_of
from chat.instructions import Before
from core.auth.identity import look_up_in_turn
from core.person import person
from registry.gateway import calls
from registry.gateway.marking import marked_aside
from registry.state.service import service

if TYPE_CHECKING:
    from core.errors import PortalError
    from registry.entities import Resolution
    from registry.providers.wire import Body


class TemporaryAnswer(TextAnswer):
    """Sends text as it arrives, and keeps nothing. It needs no database."""

    begun: tuple[Resolution, Context] | None = None

    async def prepare(self) -> tuple[Resolution, Body]:
        who = person.get()
        principal = await look_up_in_turn(self.credentials, who, in_grace=True)
        turns = [(turn.role, turn.content) for turn in self.ask.history]
        turns.append(("user", self.ask.content))
        length = sum(len(content) for _, content in turns)
        percent_full = size.check_length(length)
        registry = service.current
        access = principal.access.limited(local_only=self.ask.local_only)
        before = Before(self.ask.system or "", with_models=self.ask.instructions)
        access = await marked_aside(registry, access, [before.text, *turns], length)
        resolution = calls.choose(
            registry, "chat", self.ask.model or "", access, fallback=self.ask.fallback
        )
        context = context_of(turns, resolution, before)
        self.may_fall_back(resolution, context, before)
        self.begun = resolution, context
        await self.frame(
            "start",
            conversation=None,
            message=None,
            user_message=None,
            resolution=resolution.as_dict(),
            context={"messages_sent": context.sent, "messages_dropped": context.dropped},
            percent_full=percent_full,
        )
        return resolution, {"messages": context.messages}

    async def store(self, error: PortalError | None) -> None:
        """Store no text. How many tokens the model counted is learnt, as from any answer."""
        if self.begun and self.usage:
            resolution, context = self.begun
            answered_by = self.answered_by or resolution
            corrections.learn(answered_by.id, context.estimate, self.usage.get("prompt_tokens"))
