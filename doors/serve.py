"""
How a door answers: read, choose the model, fit to its provider, ask, write; whole or streamed.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings

from chat.requests import fit, read_chat, report
from core.http.exchange import post
from core.http.sse import EventStream
from core.ids import new_id
from doors import pieces
from doors.relay import relay
from registry.gateway import calls
from registry.providers.events import Chunk, Failure
from registry.state.service import service
from registry.usage import count_usage

if TYPE_CHECKING:
    from core.http.envelope import Form
    from core.http.exchange import Application, Exchange
    from doors.door import Asked, Door, Native
    from registry.entities import Resolution


def serve(door: Door, form: Form, native: Native | None = None) -> Application:
    """Return the ASGI application that serves POST in the API of `door`.

    Servers that speak it themselves are asked by `native`.
    """

    async def handle(exchange: Exchange) -> None:
        asked = door.read(await exchange.json())
        await answer(exchange, door, asked, native)

    return post(handle, form)


async def answer(
    exchange: Exchange, door: Door, asked: Asked, native: Native | None = None
) -> None:
    """Answer what was read, on the model that it names, or the default for chat."""
    chosen = calls.choose(service.current, "chat", asked.model, exchange.principal.groups)
    if native and chosen.provider.api == door.NATIVE:
        return await relay(exchange, asked, native, chosen)
    with calls.Explained(chosen):
        body, resolution = fit(read_chat(asked.chat), report(chosen, asked.dropped))
    asked = replace(asked, chat=body)
    await (_stream if asked.stream else _whole)(exchange, door, asked, resolution)


async def _whole(exchange: Exchange, door: Door, asked: Asked, resolution: Resolution) -> None:
    completion = await calls.chat(
        resolution, asked.chat, exchange.call, asked.added, wait=settings.WHOLE_ANSWER_TIMEOUT
    )
    count_usage(resolution.provider.name, completion.get("usage"))
    piece = pieces.of_answer(completion)
    body = door.answer(piece, asked, new_id(), piece.model or resolution.name)
    await exchange.answer(body, lines=resolution.header_lines)


async def _stream(exchange: Exchange, door: Door, asked: Asked, resolution: Resolution) -> None:
    writer, usage = door.Writer(asked, new_id(), resolution.name), None
    async with EventStream(exchange, resolution.header_lines) as stream:
        try:
            batches = calls.stream(resolution, asked.chat, exchange.call, asked.added)
            async with aclosing(batches):
                async for events in batches:
                    data = []
                    for event in events:
                        if isinstance(event, Chunk):
                            usage = event.usage or usage
                            data.append(writer.write(pieces.of_chunk(event)))
                    await stream.write(b"".join(data))
                    if isinstance(last := events[-1], Failure):
                        raise last.error
        finally:  # many callers close as soon as they have read the end
            count_usage(resolution.provider.name, usage)
        await stream.write(writer.end())
        await stream.end()
