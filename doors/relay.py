"""
Answers of a server that speaks the caller's own API: its bytes, as they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from chat.requests import allowed, read_chat, report
from chat.requests.names import Named
from chat.streaming import stream_answer
from core.http.exchange import JSON_LINE
from registry.gateway import calls
from registry.providers.events import Chunk
from registry.usage import count_usage

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from doors.door import Asked, Native
    from registry.entities import Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body


async def relay(exchange: Exchange, asked: Asked, native: Native, chosen: Resolution) -> None:
    """Answer what was read on a model whose server speaks the caller's API."""
    with calls.Explained(chosen), Named(asked.names):
        allowed(read_chat(asked.chat), chosen.provider)  # refuses what no provider gets
        body, dropped = native.fit(asked, chosen.provider)
    exchange.call.headers = native.headers(exchange.headers)
    resolution = report(chosen, list(dict.fromkeys(dropped)))
    await (_stream if asked.stream else _whole)(exchange, native, body, resolution)


async def _whole(exchange: Exchange, native: Native, body: Body, resolution: Resolution) -> None:
    answer = await calls.relay(
        native.wire, resolution, body, exchange.call, wait=settings.WHOLE_ANSWER_TIMEOUT
    )
    count_usage(resolution.provider.name, answer.usage)
    length = (b"content-length", str(len(answer.data)).encode())
    await exchange.start(200, [JSON_LINE, length, *resolution.header_lines])
    await exchange.write(answer.data, more=False)


async def _stream(exchange: Exchange, native: Native, body: Body, resolution: Resolution) -> None:
    batches = calls.stream(resolution, body, exchange.call, native=native.wire)
    relayed = Relayed()
    exchange.form = exchange.form.of(relayed)
    await stream_answer(exchange, resolution, batches, relayed.write)


class Relayed:
    """Writes a stream as it is. `first` and `last` are events, for the form that must end it."""

    def __init__(self) -> None:
        self.first = self.last = b""

    def write(self, events: list[Event]) -> bytes:
        data = b"".join([event.data for event in events if isinstance(event, Chunk)])
        if b"data:" in data:
            self.first, self.last = self.first or data, data
        return data
