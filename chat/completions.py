"""
POST /v1/ai/chat/completion and /v1/chat/completions: messages in, an answer out, whole or streamed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.asked import asked
from chat.requests import fit, read_chat
from chat.streaming import final, stream_answer
from registry.gateway import calls
from registry.providers.events import Chunk, Done, Event

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from registry.entities import Resolution

_DELTA = re.compile(rb'"delta"\s*:\s*\{\s*(\}?)')  # a key: quotes inside texts are escaped


async def portal(exchange: Exchange) -> None:
    """Answer on the portal's own path: a stream's first chunk has `resolution` too."""
    await _answer(exchange, in_chunk=True)


async def openai(exchange: Exchange) -> None:
    """Answer on OpenAI's path."""
    await _answer(exchange, in_chunk=False)


async def _answer(exchange: Exchange, *, in_chunk: bool) -> None:
    body, resolution = await asked(exchange, "chat", read_chat, fit)
    if body.get("stream"):
        return await _relay(exchange, resolution, body, in_chunk=in_chunk)
    answer = await calls.chat(resolution, body, exchange.call, wait=settings.WHOLE_ANSWER_TIMEOUT)
    resolution = final(exchange, resolution)
    answer["resolution"] = resolution.as_json
    await exchange.answer(answer, lines=resolution.header_lines, empties=True)


async def _relay(
    exchange: Exchange, resolution: Resolution, body: dict[str, Any], *, in_chunk: bool
) -> None:
    """Stream the answer. With `in_chunk` its first chunk has the resolution."""
    chunks = _Chunks(body, _opening(resolution) if in_chunk else b"")

    def reported(current: Resolution) -> None:
        # With `started` it is too late for the header.
        if in_chunk or exchange.started or current.is_notable:
            chunks.opening = _opening(current)

    batches = calls.stream(resolution, body, exchange.call)
    await stream_answer(exchange, resolution, batches, chunks.write, reported=reported)


class _Chunks:
    """Writes chunks as server-sent events. `opening` begins the next of them, once."""

    def __init__(self, body: dict[str, Any], opening: bytes) -> None:
        self.opening = opening
        self.wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        self.has_role = False

    def write(self, events: list[Event]) -> bytes:
        data = _render(events, self.opening, wants_usage=self.wants_usage)
        if data:
            self.opening = b""
        if not self.has_role and b'"delta"' in data:
            data, self.has_role = with_role(data), True
        return data


def _opening(resolution: Resolution) -> bytes:
    """Return what replaces the brace that opens a chunk, so that the chunk has the resolution."""
    return b'{"resolution":' + bytes(resolution.as_json) + b","


def _render(events: list[Event], opening: bytes, *, wants_usage: bool) -> bytes:
    """Return the events as server-sent events, the first of them with `opening`."""
    parts = []
    for event in events:
        if isinstance(event, Chunk) and (wants_usage or not event.usage_only):
            data = event.data
            if opening and (inside := data[6:].lstrip()[1:].lstrip()).startswith(b'"'):
                data, opening = b"data: " + opening + inside, b""
            parts.append(data)
        elif isinstance(event, Done):
            parts.append(b"data: [DONE]\n\n")
    return b"".join(parts)


def with_role(data: bytes) -> bytes:
    """Return the first chunk of an answer with a role.

    Some servers send none, and OpenAI's client for Node then fails after the whole text.
    """
    if b'"role"' in data:
        return data
    return _DELTA.sub(_add_role, data, count=1)


def _add_role(delta: re.Match[bytes]) -> bytes:
    return b'"delta":{"role":"assistant"' + (delta[1] or b",")
