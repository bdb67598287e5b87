"""
The Messages API for callers who speak it themselves: requests and answers as they are.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from registry.providers import relayed, relayed_texts
from registry.providers.anthropic import answers, fields
from registry.providers.events import Chunk, Done, Event
from registry.providers.reading import bad_response, checked, token_count
from registry.providers.wire import Body, Native, Relayed, Request, Stamp, Target
from registry.providers.writing import post

COUNTED = ("messages", "system", "tools", "tool_choice", "thinking", "output_config",
           "cache_control", "context_management")  # fmt: skip
SAMPLED = ("thinking", "tool_choice", "temperature", "top_p", "top_k")
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


def chat(target: Target, body: Body) -> Request:
    """Return a request with the options of models.yaml; the caller's own fields win."""
    return post(target, "/messages", _merged(target, body))


def count(target: Target, body: Body) -> Request:
    merged = _merged(target, body)
    counted = {name: value for name, value in merged.items() if name in COUNTED}
    return post(target, "/messages/count_tokens", {"model": target.name, **counted})


def _merged(target: Target, body: Body) -> Body:
    if not target.options:
        return {**body, "model": target.name}
    written = fields.payload(target, {"messages": [], "max_tokens": body.get("max_tokens")})
    options = {name: v for name, v in written.items() if name not in ("messages", "stream")}
    if any(body.get(name) is not None for name in SAMPLED):
        options.pop("thinking", None)  # the API refuses it beside most of these
    removed = [name for name, value in target.options.items() if value is None]
    merged = {**options, **body, "model": target.name}
    return {name: value for name, value in merged.items() if name not in removed}


def read(data: bytes, body: Body) -> Relayed:
    """Return a whole answer, as it is. Raises PortalError unless it is one."""
    answer = checked(data)
    words = answers.words_of(answers.blocks_of(answer))
    return Relayed(data, answers.counts(answer.get("usage")), text=words)


def read_count(data: bytes, body: Body) -> Relayed:
    if token_count(checked(data).get("input_tokens")) is None:
        raise bad_response("it has no count")
    return Relayed(data, None)


class RelayedStream(relayed.RelayedStream):
    """The events of a message. The last one is `message_stop`."""

    MARKS = (b'"message', b'"error"', b"[DONE]")

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__()
        self.usage: Body = {}

    def _counts(self) -> Body | None:
        return answers.counts(self.usage)

    def _note(self, said: Body) -> bool:
        kind = said.get("type")
        if kind == "message_stop":
            self._stop()
            return True
        if kind == "message_start":
            message = said.get("message")
            self._count(message.get("usage") if isinstance(message, dict) else None)
        elif kind == "message_delta":
            self._count(said.get("usage"))
            delta = said.get("delta")
            has_reason = isinstance(delta, dict) and bool(delta.get("stop_reason"))
            self.complete = self.complete or has_reason
        return False

    def _count(self, usage: Any) -> None:
        """Keep the counts of `usage`: later ones replace earlier ones."""
        if isinstance(usage, dict):
            self.usage |= {name: value for name, value in usage.items() if value is not None}

    def _without_end(self) -> list[Event]:
        """Write the end that is missing after a reason for it."""
        self.oddities.add("no end mark")
        return [Chunk(STOP), Done()]

    def _stop(self) -> None:
        if not self.complete:
            self.oddities.add("no finish reason")


class _Part(msgspec.Struct, gc=False):
    type: str = ""
    text: str | None = None


class _Said(msgspec.Struct, gc=False):
    """An event that may begin or continue a block of text."""

    delta: _Part | None = None
    content_block: _Part | None = None


def _text(event: _Said) -> str:
    part = event.delta or event.content_block
    return (part.text or "") if part and part.type in ("text", "text_delta") else ""


_decoder = msgspec.json.Decoder(_Said)
_texts = partial(relayed_texts.in_events, mark=b'"text', decoder=_decoder, text=_text)
CHAT = Native(chat, read, RelayedStream, _texts)
COUNT = Native(count, read_count, RelayedStream)
