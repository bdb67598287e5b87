"""
An answer in a temporary conversation: sent on `/ws/chat/`, and stored nowhere.

The caller keeps the conversation, and sends it with each question. Its files are those that were
uploaded and not sent: the page deletes them when it is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chat import size
from chat.adjusting import adjusted, check_adjusted
from chat.answers.kept import threads
from chat.answers.text import TextAnswer
from chat.attachments.pictures import check_seen
from chat.attachments.sending import light, named, turns_of
from chat.context import Context, Turn, corrections
from chat.conversations import context_of
from chat.instructions import Before
from chat.models import Attachment
from core.auth.identity import look_up_in_turn
from core.errors import PortalError
from core.person import person
from registry.gateway import calls
from registry.gateway.marking import marked_aside
from registry.state.service import service

if TYPE_CHECKING:
    from uuid import UUID

    from registry.entities import Resolution
    from registry.providers.wire import Body

    _Message = tuple[str, str, list[UUID]]


@threads.in_turn
def _with_files(user: Any, messages: list[_Message]) -> list[Turn]:
    """Return messages with their files. Raises PortalError, before any file's text is read."""
    keys = [key for _, _, keys in messages for key in keys]
    if len(keys) != len(set(keys)):
        message = "A file was sent twice. Attach it to one question."
        raise PortalError("invalid_request", message, param="history")
    unsent = Attachment.objects.filter(user=user, message=None)
    own = sum(len(content) for _, content, _ in messages)
    size.check_length(own + size.of_files(unsent.filter(pk__in=keys)))
    files = {file.pk: file for file in named(light(unsent), keys)}
    return turns_of([(r, content, [files[key] for key in own]) for r, content, own in messages])


class TemporaryAnswer(TextAnswer):
    """Sends text as it arrives, and keeps nothing. It needs no database, but for files."""

    begun: tuple[Resolution, Context] | None = None

    async def prepare(self) -> tuple[Resolution, Body]:
        who = person.get()
        principal = await look_up_in_turn(self.credentials, who, in_grace=True)
        turns = await self._turns(principal.user)
        length = sum(len(turn.content) for turn in turns)
        percent_full = size.check_length(length)
        registry = service.current
        access = principal.access.limited(local_only=self.ask.local_only)
        before = Before(self.ask.system or "", with_models=self.ask.instructions)
        access = await marked_aside(
            registry, access, [before.text, *(t.content for t in turns)], length
        )
        resolution = calls.choose(
            registry, "chat", self.ask.model or "", access, fallback=self.ask.fallback
        )
        check_adjusted(self.ask, resolution)
        context = context_of(turns, resolution, before, adjusted(self.ask, resolution))
        check_seen(registry, resolution, access, context.pictures)
        self.may_fall_back(resolution, context, before)
        self.begun = resolution, context
        self.hold(context)
        await self.frame(
            "start",
            conversation=None,
            message=None,
            user_message=None,
            resolution=resolution.as_dict(),
            context={"messages_sent": context.sent, "messages_dropped": context.dropped},
            percent_full=percent_full,
        )
        return resolution, {"messages": context.messages, **adjusted(self.ask, resolution)}

    async def _turns(self, user: Any) -> list[Turn]:
        """Return the conversation with its files, which the database has until it ends."""
        messages: list[_Message] = [(t.role, t.content, t.attachments) for t in self.ask.history]
        messages.append(("user", self.ask.content, self.ask.attachments or []))
        if any(keys for _, _, keys in messages):
            return await _with_files(user, messages)
        return [Turn(role, content) for role, content, _ in messages]

    async def store(self, error: PortalError | None) -> None:
        """Store no text. How many tokens the model counted is learnt, as from any answer."""
        if self.begun and self.usage:
            resolution, context = self.begun
            answered_by = self.answered_by or resolution
            corrections.learn(answered_by.id, context.estimate, self.usage.get("prompt_tokens"))
