"""
POST /v1/ai/chat/completion and /v1/chat/completions: messages in, an answer out, whole or streamed.
"""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.asked import asked
from chat.requests import fit, read_chat, report
from core.http.sse import EventStream
from registry.gateway import calls
from registry.providers.events import Chunk, Done, Event, Failure
from registry.usage import count_usage

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
    count_usage(resolution.provider.name, answer.get("usage"))
    answer["resolution"] = resolution.as_json
    await exchange.answer(answer, lines=resolution.header_lines)


async def _relay(
    exchange: Exchange, resolution: Resolution, body: dict[str, Any], *, in_chunk: bool
) -> None:
    """Stream the answer. With `in_chunk` its first chunk has the resolution."""
    opening = _opening(resolution) if in_chunk else b""
    wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    usage, has_role = None, False
    async with EventStream(exchange, resolution.header_lines) as stream:
        try:
            async with aclosing(calls.stream(resolution, body, exchange.call)) as batches:
                async for events in batches:
                    if exchange.call.dropped:
                        resolution = report(resolution, exchange.call.dropped)
                        exchange.call.dropped = ()  # once
                        stream.set_lines(resolution.header_lines)
                        if in_chunk or exchange.started:  # it is too late for the header
                            opening = _opening(resolution)
                    usage = _usage(events) or usage  # some servers repeat it, growing
                    data = _render(events, opening, wants_usage=wants_usage)
                    opening = b"" if data else opening
                    if not has_role and b'"delta"' in data:
                        data, has_role = with_role(data), True
                    await stream.write(data)
                    if isinstance(last := events[-1], Failure):
                        raise last.error
        finally:  # many callers close as soon as they have read the end
            count_usage(resolution.provider.name, usage)
        await stream.end()


def _opening(resolution: Resolution) -> bytes:
    """Return what replaces the brace that opens a chunk, so that the chunk has the resolution."""
    return b'{"resolution":' + bytes(resolution.as_json) + b","


def _usage(events: list[Event]) -> dict[str, Any] | None:
    reports = [event.usage for event in events if isinstance(event, Chunk) and event.usage]
    return reports[-1] if reports else None


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
