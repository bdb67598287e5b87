"""
POST /v1/messages/count_tokens: how many tokens a request has, by its server, or estimated.

`X-Token-Count` is `provider` or `estimate`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chat.asked import pop_fallback
from chat.context import estimate
from chat.requests import allowed, read_chat, report
from chat.requests.names import Named
from core.errors import PortalError
from core.http.exchange import JSON_LINE
from doors.messages import NATIVE, native
from doors.messages.request import read
from registry.gateway import calls
from registry.gateway.marking import marked_aside
from registry.providers.anthropic.native import COUNT, COUNTED
from registry.state.service import service

if TYPE_CHECKING:
    from core.http.exchange import Exchange, Line
    from doors.door import Asked
    from registry.entities import Resolution
    from registry.providers.wire import Body

ABSENT = (404, 405, 501)  # statuses of servers without this route
MEDIA_TOKENS = 1600  # of an image; of a document as many a page, but who knows its pages
MEDIA = ("image_url", "file")


async def count(exchange: Exchange) -> None:
    payload = await exchange.json()
    pop_fallback(payload)
    asked = read({"max_tokens": 1, **payload})
    registry, size = service.current, len(exchange.data)
    access = await marked_aside(registry, exchange.principal.access, asked.texts, size)
    chosen = calls.choose(registry, "chat", asked.model, access)
    with calls.Explained(chosen), Named(asked.names):
        allowed(read_chat(asked.chat), chosen.provider)  # refuses what no provider gets
    if chosen.provider.api != NATIVE or not await _by_provider(exchange, asked, chosen):
        lines = _lines("estimate", report(chosen, asked.dropped).header_lines)
        await exchange.answer({"input_tokens": estimated(asked.chat)}, lines=lines)


async def _by_provider(exchange: Exchange, asked: Asked, chosen: Resolution) -> bool:
    """Answer with the server's own count. Return False if it has none."""
    body, dropped = native.fit(asked, chosen.provider)
    body = {name: value for name, value in body.items() if name in COUNTED}
    exchange.call.headers = native.headers(exchange.headers)
    try:
        counted = await calls.count(COUNT, chosen, body, exchange.call)
    except PortalError as error:
        if (error.provider or {}).get("status") in ABSENT:
            return False
        raise
    lines = report(chosen, list(dict.fromkeys(dropped))).header_lines
    await exchange.start(200, [JSON_LINE, *_lines("provider", lines)])
    await exchange.write(counted.data, more=False)
    return True


def _lines(source: str, lines: list[Line]) -> list[Line]:
    return [*lines, (b"x-token-count", source.encode())]


def estimated(chat: Body) -> int:
    """Return about how many tokens a conversation has, with its tools."""
    media: list[Any] = []
    messages = [_without_media(message, media) for message in chat["messages"]]
    texts = [json.dumps(value, ensure_ascii=False) for value in (*messages, *chat.get("tools", ()))]
    return sum(map(estimate, texts)) + MEDIA_TOKENS * len(media)


def _without_media(message: Body, media: list[Any]) -> Any:
    """Return what of a message is text, and add its media to `media`."""
    content = message.get("content")
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    if not isinstance(content, list):
        return [content or "", *calls]
    media += [part for part in content if part["type"] in MEDIA]
    return [part["text"] for part in content if part["type"] not in MEDIA]
