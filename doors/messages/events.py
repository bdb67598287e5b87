"""
Writes a streamed answer as the events of the Messages API.

One block is open at a time, and none can be opened again. What arrives while the arguments of a
tool call are not complete is kept until they are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from doors.messages.answer import call_block, ending, head, usage

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Call, Piece
    from registry.providers.wire import Body

CALL = "call "  # begins the key of a tool call's block


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
        self.arguments = ""  # of the call that is open
        self.called: set[str] = set()  # keys of all calls that were opened
        self.waiting: dict[str, list[Part]] = {}  # by key
        self.finish_reason: str | None = None
        self.stop = ""
        self.usage: Body | None = None

    def write(self, piece: Piece) -> bytes:
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.stop = piece.stop or self.stop
        self.usage = piece.usage or self.usage
        events = [] if self.begun else [self._begin()]
        for part in self._parts(piece):
            events += self._put(part)
        return b"".join(events)

    def end(self) -> bytes:
        events = [] if self.begun else [self._begin()]
        events += [*self._flush(last=True), *self._close()]
        delta = ending(self.finish_reason, self.stop, self.asked, has_calls=bool(self.called))
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
        is_streamed = is_streamed or self.open == "thinking" or "thinking" in self.waiting
        delta = {"type": "signature_delta", "signature": block.get("signature") or ""}
        signed = _reasoning("")._replace(delta=delta, closes=True)
        return [signed] if is_streamed else [_reasoning(text), signed]

    def _put(self, part: Part) -> list[bytes]:
        if part.key == self.open:
            return self._write(part)
        self.waiting.setdefault(part.key, []).append(part)
        return self._flush()

    def _flush(self, *, last: bool = False) -> list[bytes]:
        """Write what waits, unless a call is open that may go on."""
        events = []
        while self.waiting and (last or not self._may_go_on()):
            for part in self.waiting.pop(next(iter(self.waiting))):
                events += self._write(part)
        return events

    def _may_go_on(self) -> bool:
        if not self.open.startswith(CALL):
            return False
        return not self.arguments.rstrip().endswith("}") or not _is_json(self.arguments)

    def _write(self, part: Part) -> list[bytes]:
        events = [] if part.key == self.open else self._opened(part)
        if self.open and part.delta:
            self.arguments += part.delta.get("partial_json", "")
            events.append(event("content_block_delta", index=self.number, delta=part.delta))
        return [*events, *self._close()] if part.closes else events

    def _opened(self, part: Part) -> list[bytes]:
        """Open a block, unless it is a call that was complete before: it cannot go on."""
        closed = self._close()
        if part.key in self.called:
            return closed
        if part.key.startswith(CALL):
            self.called.add(part.key)
        self.open, self.number, self.arguments = part.key, self.number + 1, ""
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


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
