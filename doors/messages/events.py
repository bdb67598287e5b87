"""
Writes a streamed answer as the events of the Messages API.

One block is open at a time, and none can be opened again: `doors.order` has the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from doors.messages.answer import call_block, ending, head, usage
from doors.order import CALL, Order
from doors.order import Part as Ordered

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Call, Piece
    from registry.providers.wire import Body


def event(kind: str, **fields: Any) -> bytes:
    body = msgspec.json.encode({"type": kind, **fields})
    return b"event: " + kind.encode() + b"\ndata: " + body + b"\n\n"


class Part(NamedTuple):
    """A part of a block: `key` says of which one, `start` is how that begins."""

    key: str
    start: Body
    delta: Body | None = None
    closes: bool = False


class MessageWriter:
    """Pieces in, events out."""

    def __init__(self, asked: Asked, identifier: str, model: str) -> None:
        self.asked = asked
        self.head = head(identifier, model)
        self.begun = False
        self.number = -1  # of the block that is open, or was last
        self.open = ""  # its key; nothing if none is open
        self.has_calls = False
        self.order = Order()
        self.finish_reason: str | None = None
        self.stop = ""
        self.usage: Body | None = None

    def write(self, piece: Piece) -> bytes:
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.stop = piece.stop or self.stop
        self.usage = piece.usage or self.usage
        events = [] if self.begun else [self._begin()]
        for part in self._parts(piece):
            events += self._write(self.order.put(_ordered(part)))
        return b"".join(events)

    def end(self) -> bytes:
        events = [] if self.begun else [self._begin()]
        events += [*self._write(self.order.rest()), *self._close()]
        delta = ending(self.finish_reason, self.stop, self.asked, has_calls=self.has_calls)
        events.append(event("message_delta", delta=delta, usage=usage(self.usage)))
        return b"".join([*events, event("message_stop")])

    def _begin(self) -> bytes:
        self.begun = True
        return event("message_start", message={**self.head, "usage": usage(None)})

    def _parts(self, piece: Piece) -> list[Part]:
        parts = [_reasoning(piece.reasoning)] if piece.reasoning else []
        for block in piece.thoughts:
            parts += self._thought(block, is_streamed=bool(parts))
        if text := piece.text or piece.refusal:
            delta = {"type": "text_delta", "text": text}
            parts.append(Part("text", {"type": "text", "text": ""}, delta))
        return [*parts, *map(_call, piece.calls)]

    def _thought(self, block: Body, *, is_streamed: bool) -> list[Part]:
        """Close a thought with its signature; one whose text was not streamed comes whole."""
        if block.get("type") != "thinking":
            return [Part("redacted", block, closes=True)]
        text = block.get("thinking") or ""
        is_streamed = is_streamed or self.open == "thinking" or "thinking" in self.order.waiting
        delta = {"type": "signature_delta", "signature": block.get("signature") or ""}
        signed = _reasoning("")._replace(delta=delta, closes=True)
        return [signed] if is_streamed else [_reasoning(text), signed]

    def _write(self, parts: list[Ordered]) -> list[bytes]:
        return [event for part in parts for event in self._part(part.value)]

    def _part(self, part: Part) -> list[bytes]:
        events = [] if part.key == self.open else self._opened(part)
        if part.delta:
            events.append(event("content_block_delta", index=self.number, delta=part.delta))
        return [*events, *self._close()] if part.closes else events

    def _opened(self, part: Part) -> list[bytes]:
        closed = self._close()
        self.has_calls |= part.key.startswith(CALL)
        self.open, self.number = part.key, self.number + 1
        start = event("content_block_start", index=self.number, content_block=part.start)
        return [*closed, start]

    def _close(self) -> list[bytes]:
        if not self.open:
            return []
        self.open = ""
        return [event("content_block_stop", index=self.number)]


def _reasoning(text: str) -> Part:
    start = {"type": "thinking", "thinking": "", "signature": ""}
    return Part("thinking", start, {"type": "thinking_delta", "thinking": text})


def _call(call: Call) -> Part:
    delta = {"type": "input_json_delta", "partial_json": call.function.arguments}
    start = call_block(call)
    return Part(f"{CALL}{call.index}", start, delta if call.function.arguments else None)


def _ordered(part: Part) -> Ordered:
    return Ordered(part.key, part, (part.delta or {}).get("partial_json", ""))
