"""
How a door answers: read, choose the model, fit to its provider, ask, write; whole or streamed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from msgspec import structs

from chat.requests import fit, fit_completion, read_chat, read_completion, report
from chat.requests.names import Named, own_all
from chat.streaming import final, stream_answer
from core.http.exchange import post
from core.ids import new_id
from doors import pieces
from doors.relay import relay
from registry.gateway import calls
from registry.providers.events import Chunk
from registry.state.service import service
from registry.usage import count_usage

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
        asked = door.read(await exchange.json())
        await answer(exchange, door, asked, native)

    return post(handle, form)


async def answer(
    exchange: Exchange, door: Door, asked: Asked, native: Native | None = None
) -> None:
    """Answer what was read, on the model that it names, or the default for chat.

    What has no messages asks for a raw completion.
    """
    chosen = calls.choose(service.current, "chat", asked.model, exchange.principal.groups)
    if native and chosen.provider.speaks(door.NATIVE) and "messages" in asked.chat:
        return await relay(exchange, asked, native, chosen)
    exchange.call.names = asked.names
    with Named(asked.names):
        asked, resolution = _fitted(asked, chosen)
        await (_stream if asked.stream else _whole)(exchange, door, asked, resolution)


def _fitted(asked: Asked, chosen: Resolution) -> tuple[Asked, Resolution]:
    """Return the request as its provider gets it, and the resolution that reports it."""
    is_chat = "messages" in asked.chat
    read, to_provider = (read_chat, fit) if is_chat else (read_completion, fit_completion)
    with calls.Explained(chosen):
        if asked.refusal:
            raise asked.refusal
        body, resolution = to_provider(read(asked.chat), report(chosen, asked.dropped))
    if resolution.dropped:
        names = own_all(resolution.dropped, asked.names)
        resolution = replace(resolution, dropped=names)
    return structs.replace(asked, chat=body), resolution


async def _whole(exchange: Exchange, door: Door, asked: Asked, resolution: Resolution) -> None:
    piece = await _ask(asked, resolution, exchange.call)
    resolution = final(exchange, resolution)
    count_usage(resolution.provider.name, piece.usage)
    body = door.answer(piece, asked, new_id(), piece.model or resolution.name)
    del piece  # it may be large, and its reader slow
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
