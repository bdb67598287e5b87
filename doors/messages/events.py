"""
Writes a streamed answer as the events of the Messages API.

One block is open at a time. A tool call that goes on while another one is open is kept until it
is its turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from doors.messages.answer import call_block, head, stop_reason, usage

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Call, Piece
    from registry.providers.wire import Body


def event(kind: str, **fields: Any) -> bytes:
    body = msgspec.json.encode({"type": kind, **fields})
    return b"event: " + kind.encode() + b"\ndata: " + body + b"\n\n"


class MessageWriter:
    """Pieces in, events out."""

    def __init__(self, asked: Asked, identifier: str, model: str) -> None:
        self.head = head(identifier, model)
        self.begun = False
        self.number = -1  # of the block that is open, or was last
        self.open = ""  # its kind, with the index of its tool call; nothing if none is open
        self.waiting: dict[int, list[Call]] = {}  # parts of calls whose turn it is not yet
        self.has_calls = False
        self.finish_reason: str | None = None
        self.usage: Body | None = None

    def write(self, piece: Piece) -> bytes:
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.usage = piece.usage or self.usage
        parts = [] if self.begun else [self._begin()]
        if piece.reasoning:
            parts += self._delta(
                "thinking", {"type": "thinking_delta", "thinking": piece.reasoning}
            )
        for block in piece.thoughts:
            parts += self._thought(block)
        if text := piece.text or piece.refusal:
            parts += self._delta("text", {"type": "text_delta", "text": text})
        for call in piece.calls:
            parts += self._call(call)
        return b"".join(parts)

    def end(self) -> bytes:
        parts = [] if self.begun else [self._begin()]
        parts += self._close()
        for calls in self.waiting.values():
            for call in calls:
                parts += self._part(call)
            parts += self._close()
        reason = stop_reason(self.finish_reason, has_calls=self.has_calls)
        delta = {"stop_reason": reason, "stop_sequence": None}
        parts.append(event("message_delta", delta=delta, usage=usage(self.usage)))
        return b"".join([*parts, event("message_stop")])

    def _begin(self) -> bytes:
        self.begun = True
        return event("message_start", message={**self.head, "usage": usage(None)})

    def _delta(self, kind: str, delta: Body) -> list[bytes]:
        empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}}
        opened = self._ensure(kind, {"type": kind, **empty.get(kind, {})})
        return [*opened, event("content_block_delta", index=self.number, delta=delta)]

    def _ensure(self, kind: str, block: Body) -> list[bytes]:
        """Open a block of `kind`, unless it is the one that is open."""
        if self.open == kind:
            return []
        closed = self._close()
        self.open, self.number = kind, self.number + 1
        return [*closed, event("content_block_start", index=self.number, content_block=block)]

    def _close(self) -> list[bytes]:
        if not self.open:
            return []
        self.open = ""
        return [event("content_block_stop", index=self.number)]

    def _thought(self, block: Body) -> list[bytes]:
        """Close a thought with its signature; one whose text was not streamed comes whole."""
        if block.get("type") != "thinking":
            return [*self._ensure("redacted", block), *self._close()]
        deltas: list[Body] = [
            {"type": "signature_delta", "signature": block.get("signature") or ""}
        ]
        if self.open != "thinking":
            text = block.get("thinking") or ""
            deltas.insert(0, {"type": "thinking_delta", "thinking": text})
        events = [part for delta in deltas for part in self._delta("thinking", delta)]
        return [*events, *self._close()]

    def _call(self, call: Call) -> list[bytes]:
        self.has_calls = True
        is_open = self.open == f"call {call.index}"
        if call.index in self.waiting or (self.open.startswith("call ") and not is_open):
            self.waiting.setdefault(call.index, []).append(call)
            return []
        return self._part(call)

    def _part(self, call: Call) -> list[bytes]:
        opened = self._ensure(f"call {call.index}", call_block(call))
        if not call.function.arguments:
            return opened
        delta = {"type": "input_json_delta", "partial_json": call.function.arguments}
        return [*opened, event("content_block_delta", index=self.number, delta=delta)]
