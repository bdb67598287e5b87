"""
Writes a streamed answer as Ollama's lines of JSON.

A tool call is written whole, at the end: Ollama's arguments are objects, which have no parts.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, cast

import msgspec

from doors.ollama.answer import calls, closing, head, logprobs, thinking
from doors.pieces import Call, Function

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.ollama.fields import Timed
    from doors.pieces import Piece
    from registry.providers.wire import Body

# Ollama's own client for Python ends lines at these characters, too.
ESCAPES = tuple((c.encode(), json.dumps(c).strip('"').encode()) for c in "\x85\u2028\u2029")


def line(body: Body) -> bytes:
    data = msgspec.json.encode(body)
    for character, escape in ESCAPES:
        data = data.replace(character, escape)
    return data + b"\n"


class LineWriter:
    """Pieces in, lines out. A subclass says how a line holds text, thoughts and calls."""

    def __init__(self, asked: Asked, identifier: str, model: str) -> None:
        self.asked, self.model = cast("Timed", asked), asked.model or model
        self.first: int | None = None
        self.calls: dict[int, Call] = {}
        self.has_thought = False
        self.finish_reason: str | None = None
        self.usage: Body | None = None

    def content(self, text: str, more: Body) -> Body:
        raise NotImplementedError

    def write(self, piece: Piece) -> bytes:
        self.first = self.first or time.perf_counter_ns()
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.usage = piece.usage or self.usage
        for call in piece.calls:
            self._add(call)
        thought: Body = {}
        if piece.reasoning or (piece.thoughts and not self.has_thought):
            thought, self.has_thought = thinking(piece), True
        text = piece.text or piece.refusal
        if not (text or thought):
            return b""
        content = self.content(text, thought)
        return line({**head(self.model), **content, "done": False, **logprobs(piece)})

    def _add(self, part: Call) -> None:
        call = self.calls.setdefault(part.index, Call(part.index, function=Function()))
        call.id = call.id or part.id
        call.function.name = call.function.name or part.function.name
        arguments = (call.function.arguments or "") + (part.function.arguments or "")
        call.function.arguments = arguments

    def end(self) -> bytes:
        called = calls([call for _, call in sorted(self.calls.items())])
        ending = closing(self.asked, self.first, self.finish_reason, self.usage)
        before = [line({**head(self.model), **self.content("", called), "done": False})]
        last = line({**head(self.model), **self.content("", {}), **ending})
        return b"".join([*(before if called else ()), last])
