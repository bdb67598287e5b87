"""
POST /v1/ai/chat/completion and /v1/chat/completions: messages in, an answer out, whole or streamed.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from chat.requests import read_chat
from core.http.sse import EventStream
from registry.gateway import calls as complete
from registry.providers.wire import Chunk, Done, Event, Failure
from registry.state.service import service
from registry.usage import count_usage

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from registry.entities import Resolution


async def portal(exchange: Exchange) -> None:
    """Answer on the portal's own path: a stream's first chunk has `resolution` too."""
    await _answer(exchange, ours=True)


async def openai(exchange: Exchange) -> None:
    """Answer on OpenAI's path."""
    await _answer(exchange, ours=False)


async def _answer(exchange: Exchange, *, ours: bool) -> None:
    given = await exchange.json()
    body = read_chat(given)
    override = given.get("model") or ""
    resolution = complete.choose(service.current, "chat", override, exchange.principal.groups)
    if body.get("stream"):
        return await _relay(exchange, resolution, body, ours=ours)
    answer = await complete.chat(resolution, body, exchange.call)
    count_usage(resolution.provider.name, answer.get("usage"))
    answer["resolution"] = resolution.as_json
    await exchange.answer(answer, lines=resolution.header_lines)


async def _relay(
    exchange: Exchange, resolution: Resolution, body: dict[str, Any], *, ours: bool
) -> None:
    wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    prefix = b'{"resolution":' + bytes(resolution.as_json) + b"," if ours else b""
    usage = None
    async with EventStream(exchange, resolution.header_lines) as stream:
        try:
            async with aclosing(complete.stream(resolution, body, exchange.call)) as batches:
                async for events in batches:
                    usage = _usage(events) or usage  # some servers repeat it, growing
                    data = _render(events, prefix, wants_usage=wants_usage)
                    prefix = b"" if data else prefix
                    await stream.write(data)
                    if isinstance(last := events[-1], Failure):
                        raise last.error
        finally:  # many leave as soon as they have read the end
            count_usage(resolution.provider.name, usage)
        await stream.end()


def _usage(events: list[Event]) -> dict[str, Any] | None:
    found = [event.usage for event in events if isinstance(event, Chunk) and event.usage]
    return found[-1] if found else None


def _render(events: list[Event], prefix: bytes, *, wants_usage: bool) -> bytes:
    """Return the events as server-sent ones; `prefix` opens the first chunk's object."""
    parts = []
    for event in events:
        if isinstance(event, Chunk) and (wants_usage or not event.usage_only):
            data = event.data
            if prefix and (inside := data[6:].lstrip()[1:].lstrip()).startswith(b'"'):
                data, prefix = b"data: " + prefix + inside, b""
            parts.append(data)
        elif isinstance(event, Done):
            parts.append(b"data: [DONE]\n\n")
    return b"".join(parts)
