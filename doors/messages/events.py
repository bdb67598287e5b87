"""
Writes a streamed answer as the events of the Messages API.

One block is open at a time, and none can be opened again: `doors.order` has the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from doors.messages.answer import call_block, ending, head, usage
from doors.order import CALL, Order, Part, call_part

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Piece
    from registry.providers.wire import Body

encode = msgspec.json.encode


def event(kind: str, **fields: Any) -> bytes:
    return _event(kind, encode(fields)[1:-1])


def _event(kind: str, fields: bytes) -> bytes:
    """Return an event, or how each is written where `fields` has places to fill in."""
    name, separator = kind.encode(), b"," if fields else b""
    return b'event: %b\ndata: {"type":"%b"%b%b}\n\n' % (name, name, separator, fields)


# Formatting takes a third of the time of encoding dictionaries.
START = _event("content_block_start", b'"index":%d,"content_block":%b')
DELTA = _event("content_block_delta", b'"index":%d,"delta":%b')
STOP = _event("content_block_stop", b'"index":%d')
END = event("message_stop")
TEXT, THINKING, REDACTED = "text", "thinking", "redacted"  # keys of blocks, beside those of calls
STARTS = {
    TEXT: b'{"type":"text","text":""}',
    THINKING: b'{"type":"thinking","thinking":"","signature":""}',
}
DELTAS = {
    TEXT: b'{"type":"text_delta","text":%b}',
    THINKING: b'{"type":"thinking_delta","thinking":%b}',
}
SIGNATURE = b'{"type":"signature_delta","signature":%b}'
ARGUMENTS = b'{"type":"input_json_delta","partial_json":%b}'


class MessageWriter:
    """Pieces in, events out. A part that holds a whole thought, as a dictionary, ends its block."""

    __slots__ = ("asked", "begun", "events", "finish_reason", "has_calls", "head", "number", "open",
                 "order", "stop", "usage")  # fmt: skip

    def __init__(self, asked: Asked, identifier: str, model: str) -> None:
        self.asked = asked
        self.head = head(identifier, model)
        self.begun = False
        self.number = -1  # of the block that is open, or was last
        self.open = ""  # its key; nothing if none is open
        self.has_calls = False
        self.order = Order()
        self.events: list[bytes] = []  # not sent yet
        self.finish_reason: str | None = None
        self.stop = ""
        self.usage: Body | None = None

    def write(self, piece: Piece) -> bytes:
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.stop = piece.stop or self.stop
        self.usage = piece.usage or self.usage
        self._begin()
        for part in self._parts(piece):
            for ready in self.order.put(part):
                self._add(ready)
        return self._taken()

    def end(self) -> bytes:
        self._begin()
        for part in self.order.rest():
            self._add(part)
        self._close()
        delta = ending(self.finish_reason, self.stop, self.asked, has_calls=self.has_calls)
        self.events += (event("message_delta", delta=delta, usage=usage(self.usage)), END)
        return self._taken()

    def _begin(self) -> None:
        if not self.begun:
            self.begun = True
            self.events.append(event("message_start", message={**self.head, "usage": usage(None)}))

    def _taken(self) -> bytes:
        data, self.events = b"".join(self.events), []
        return data

    def _parts(self, piece: Piece) -> list[Part]:
        parts = [Part(THINKING, piece.reasoning)] if piece.reasoning else []
        for block in piece.thoughts:
            parts += self._thought(block, is_streamed=bool(parts))
        if text := piece.text or piece.refusal:
            parts.append(Part(TEXT, text))
        return [*parts, *map(call_part, piece.calls)] if piece.calls else parts

    def _thought(self, block: Body, *, is_streamed: bool) -> list[Part]:
        """Close a thought with its signature; one whose text was not streamed comes whole."""
        if block.get("type") != "thinking":
            return [Part(REDACTED, block)]
        signed = Part(THINKING, block)
        if is_streamed or self.open == THINKING or THINKING in self.order.waiting:
            return [signed]
        return [Part(THINKING, block.get("thinking") or ""), signed]

    def _add(self, part: Part) -> None:
        if part.key != self.open:
            self._open(part)
        if delta := _delta(part):
            self.events.append(DELTA % (self.number, delta))
        if isinstance(part.value, dict):
            self._close()

    def _open(self, part: Part) -> None:
        self._close()
        self.has_calls |= part.key.startswith(CALL)
        self.open, self.number = part.key, self.number + 1
        self.events.append(START % (self.number, STARTS.get(part.key) or _start(part.value)))

    def _close(self) -> None:
        if self.open:
            self.open = ""
            self.events.append(STOP % self.number)


def _start(value: Any) -> bytes:
    """Return the beginning of a call's block, or a block that has no parts."""
    return encode(value if isinstance(value, dict) else call_block(value))


def _delta(part: Part) -> bytes:
    """Return what a part adds to its block, if it adds something."""
    if isinstance(part.value, str):
        return DELTAS[part.key] % encode(part.value)
    if part.key == THINKING:
        return SIGNATURE % encode(part.value.get("signature") or "")
    return ARGUMENTS % encode(part.arguments) if part.arguments else b""
