"""The blocks of an answer of Anthropic's under way, and OpenAI's chunks for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from registry.providers.events import Chunk, Done, Event, server_sent
from registry.providers.framing import Characters
from registry.providers.wire import Body

if TYPE_CHECKING:
    from registry.providers.wire import Stamp


@dataclass(slots=True)
class Block:
    """A block of content under way. `call` is the index of its tool call."""

    fields: Body
    call: int = -1
    has_arguments: bool = False
    characters: Characters = field(default_factory=Characters)

    def whole(self) -> Body:
        """Return the block's fields, in whole characters."""
        return {k: Characters().take(v) if isinstance(v, str) else v
                for k, v in self.fields.items()}  # fmt: skip


class ChunkWriter:
    """Writes the chunks of one answer; the first of them has the role."""

    def __init__(self, stamp: Stamp) -> None:
        self.head: Body = {
            "id": stamp.id,
            "object": "chat.completion.chunk",
            "created": stamp.created,
            "model": "",
        }
        self.begun = False

    def delta(self, words: str = "", reasoning: str = "", /, **delta: Any) -> list[Event]:
        """Return a chunk with `delta`, whose text for people is `words` and `reasoning`."""
        data = self._event([self._choice(delta, {"finish_reason": None})])
        return [Chunk(data, words, reasoning)]

    def end(self, finish: Body, counts: Body | None) -> list[Event]:
        """Return the three last events. `finish` has the reason of the end."""
        data = self._event([self._choice({}, finish)])
        closing = Chunk(self._event([], usage=counts), usage=counts, usage_only=True)
        return [Chunk(data, finish_reason=finish["finish_reason"]), closing, Done()]

    def _choice(self, delta: Body, finish: Body) -> Body:
        if not self.begun:
            delta = {"role": "assistant", "content": "", **delta}
        self.begun = True
        return {"index": 0, "delta": delta, **finish}

    def _event(self, choices: list[Body], **more: Any) -> bytes:
        return server_sent(msgspec.json.encode({**self.head, "choices": choices, **more}))
