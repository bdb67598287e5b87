"""
How a door answers: read, choose the model, fit to its provider, ask, write; whole or streamed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from chat.asked import pop_fallback
from chat.requests.names import Named
from chat.streaming import final, stream_answer
from core.http.exchange import post
from core.ids import new_id
from doors import pieces
from doors.fallback import with_fallback
from doors.fitted import fitted
from doors.relay import relay
from registry.gateway import calls
from registry.gateway.marking import marked_aside
from registry.providers.events import Chunk
from registry.state.service import service

if TYPE_CHECKING:
    from core.http.call import Call
    from core.http.envelope import Form
    from core.http.exchange import Application, Exchange
    from doors.door import Asked, Door, Native
    from registry.entities import Resolution
    from registry.providers.events import Event


def serve(door: Door, form: Form, native: Native | None = None) -> Application:
    """Return the ASGI application that serves POST in the API of `door`.

    Servers that speak it themselves are asked by `native`.
    """

    async def handle(exchange: Exchange) -> None:
        payload = await exchange.json()
        fallback = pop_fallback(payload)
        await answer(exchange, door, door.read(payload), native, fallback=fallback)

    return post(handle, form)


async def answer(
    exchange: Exchange,
    door: Door,
    asked: Asked,
    native: Native | None = None,
    *,
    fallback: bool = False,
) -> None:
    """Answer what was read, on the model that it names, or the default for chat.

    What has no messages asks for a raw completion. With `fallback` others may answer, too.
    """
    registry, size = service.current, len(exchange.data)
    access = await marked_aside(registry, exchange.principal.access, asked.texts, size)
    chosen = calls.choose(registry, "chat", asked.model, access, fallback=fallback)
    if chosen.fallbacks:
        return await with_fallback(exchange, door, asked, native, chosen)
    if native and chosen.provider.speaks(door.NATIVE) and "messages" in asked.chat:
        return await relay(exchange, asked, native, chosen)
    exchange.call.names = asked.names
    with Named(asked.names):
        asked, resolution = fitted(asked, chosen)
        await (_stream if asked.stream else _whole)(exchange, door, asked, resolution)


async def _whole(exchange: Exchange, door: Door, asked: Asked, resolution: Resolution) -> None:
    piece = await _ask(asked, resolution, exchange.call)
    resolution = final(exchange, resolution)
    body = door.answer(piece, asked, new_id(), piece.model or resolution.name)
    del piece  # it may be large, and its reader slow
    if resolution.is_notable:
        body["resolution"] = resolution.as_json
    await exchange.answer(body, lines=resolution.header_lines, empties=True)


async def _ask(asked: Asked, resolution: Resolution, call: Call) -> pieces.Piece:
    wait = settings.WHOLE_ANSWER_TIMEOUT
    if "messages" in asked.chat:
        answer = await calls.chat(resolution, asked.chat, call, asked.added, wait=wait)
        return pieces.of_answer(answer)
    completion = await calls.complete(resolution, asked.chat, call, asked.added, wait=wait)
    return pieces.of_completion(completion)


async def _stream(exchange: Exchange, door: Door, asked: Asked, resolution: Resolution) -> None:
    writer = door.Writer(asked, new_id(), resolution.name)
    exchange.form = exchange.form.of(writer)

    def write(events: list[Event]) -> bytes:
        chunks = [event for event in events if isinstance(event, Chunk)]
        return b"".join([writer.write(pieces.of_chunk(chunk)) for chunk in chunks])

    batches = calls.stream(resolution, asked.chat, exchange.call, asked.added)
    await stream_answer(exchange, resolution, batches, write, end=writer.end)
