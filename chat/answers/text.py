"""An answer as text: what stored and temporary conversations have in common."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext_noop as _

from chat.adjusting import adjusted
from chat.answers.answer import Answer
from chat.answers.pieces import Pieces
from chat.answers.thoughts import ThinkTags
from chat.attachments.pictures import sees
from chat.frames import Ask
from core.errors import PortalError
from core.limits.held import HeldBytes
from core.limits.payer import payer
from core.plain_errors import in_plain_words
from registry.gateway.attempts import Fitted
from registry.providers.events import ENDS, Chunk
from registry.state.service import service

if TYPE_CHECKING:
    from chat.answers.sender import Send
    from chat.context import Context
    from chat.instructions import Before
    from core.auth.credentials import Credentials
    from registry.entities import Resolution
    from registry.providers.events import Event


def _refit(ask: Ask, context: Context, before: Before, other: Resolution) -> Fitted:
    """Return the conversation as it was cut, for another model. Raises PortalError."""
    window = other.model.ref.context_window if other.model else None
    if window and context.estimate > window:
        message = _("The conversation is longer than this model's context.")
        raise PortalError("context_length_exceeded", message)
    if context.pictures and not sees(other):
        raise PortalError("capability_not_supported", _("This model cannot see pictures."))
    messages = [message for message in context.messages if message["role"] != "system"]
    if system := before.of(other):
        messages.insert(0, {"role": "system", "content": system})
    return Fitted(other, {"messages": messages, **adjusted(ask, other)})


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd")  # Postgres stores no NUL


def plain(error: PortalError, asked: str, language: str) -> dict[str, Any]:
    """Return an error in plain words of this language, for pages. `asked` is the model's ID."""
    with translation.override(language):
        model = service.current.find(asked)
        return in_plain_words(error, model.title if model else asked)


class TextAnswer(Answer[Ask]):
    """Sends text as it arrives. Subclasses may keep it.

    Those who ask with `render` get thoughts apart, and the HTML of each block of the text that is
    complete. Others get the content as it is.
    """

    def __init__(self, ask: Ask, send: Send, credentials: Credentials) -> None:
        super().__init__(ask, ask.id, send)
        self.credentials = credentials
        self.tags = ThinkTags()
        self._text_pieces = Pieces(self, ask.language)
        self._held = HeldBytes()

    def may_fall_back(self, resolution: Resolution, context: Context, before: Before) -> None:
        """Let the other models of `resolution` get the conversation, if that fits."""
        if resolution.fallbacks:
            self.call.refit = partial(_refit, self.ask, context, before)

    def hold(self, context: Context) -> None:
        """Count the bytes of pictures until the answer ends. Raises PortalError `rate_limited`."""
        if (who := payer.get()) and context.pictures:
            self._held.add(who.person, sum(map(len, context.pictures)))

    async def run(self) -> PortalError | None:
        try:
            return await super().run()
        finally:
            self._held.release()

    async def relay(self, events: list[Event]) -> None:
        chunks = [event for event in events if isinstance(event, Chunk)]
        thought = _storable("".join(chunk.reasoning for chunk in chunks))
        content = _storable("".join(chunk.text for chunk in chunks))
        split = self.tags.split(content)
        thought, text = thought + split.thought, split.text
        if isinstance(events[-1], ENDS):
            rest = self.tags.close()
            thought, text = thought + rest.thought, text + rest.text
        self.keep(thought, text)
        await self.send_text(thought, text, content)

    async def send_text(self, thought: str, text: str, content: str | None = None) -> None:
        """Send both, as the reader wants them; `content` is the text as it came."""
        if self.ask.render:
            await self._text_pieces.send_rendered(thought, text)
        else:
            await self._text_pieces.send("delta", text if content is None else content)

    def described(self, error: PortalError) -> dict[str, Any]:
        """Return the error; for pages also in plain words."""
        body = super().described(error)
        if self.ask.render:
            asked = (error.resolution or {}).get("id") or self.ask.model or ""
            body["error"]["plain"] = plain(error, asked, self.ask.language)
        return body

    def keep(self, thought: str, text: str) -> None:
        """Keep a piece of the thoughts and of the text to store them; both may be empty."""
