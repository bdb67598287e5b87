"""Answers of a provider that are relayed: whole, or in events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from chat.inside import opened
from chat.streaming import final, stream_answer
from core.errors import PortalError
from core.http.exchange import JSON_LINE
from registry.gateway import calls
from registry.providers import WIRES
from registry.providers.events import Chunk

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from registry.entities import Resolution
    from registry.providers import wire
    from registry.providers.events import Event
    from registry.providers.wire import Body, Native


async def relay_call(exchange: Exchange, call: str, body: Body, resolution: Resolution) -> None:
    """Send the answer to a call of the wire format's RELAYS. Raises PortalError."""
    with calls.Explained(resolution):
        native = _native(resolution, call)
    stream = bool(body.get("stream"))
    await relay(exchange, native, body, resolution, stream=stream, inside=True)


def _native(resolution: Resolution, call: str) -> Native:
    """Return how the provider is asked. Raises PortalError if its wire format has no such call.

    A model that is not listed may have any capability.
    """
    provider = resolution.provider
    native = provider.wire.RELAYS.get(call)
    if native is None:
        able = [name for name, wire in WIRES.items() if call in wire.RELAYS]
        message = f"{provider.name} has `api: {provider.api}`, which has no call for {call}. "
        message += f"It needs a server of `api: {', '.join(able)}`."
        raise PortalError("capability_not_supported", message, param="model")
    return native


async def relay(
    exchange: Exchange,
    native: Native,
    body: Body,
    resolution: Resolution,
    *,
    stream: bool,
    inside: bool = False,
) -> None:
    """Send the answer to a request; with `inside`, a whole one has the resolution in its JSON.

    One of which there is more to say has it anyway.
    """
    if stream:
        batches = calls.stream(resolution, body, exchange.call, native=native)
        relayed = Relayed()
        exchange.form = exchange.form.of(relayed)
        return await stream_answer(exchange, resolution, batches, relayed.write)
    answer = await calls.relay(
        native, resolution, body, exchange.call, wait=settings.WHOLE_ANSWER_TIMEOUT
    )
    await send(exchange, answer, final(exchange, resolution), inside=inside)


async def send(
    exchange: Exchange, answer: wire.Relayed, resolution: Resolution, *, inside: bool = False
) -> None:
    """Send a whole answer as its provider wrote it; `inside` as in `relay`."""
    is_json = answer.media_type.encode() == JSON_LINE[1]
    opening, rest = b"", answer.data
    if is_json and (inside or resolution.is_notable):
        opening, rest = opened(rest, resolution)
    exchange.hold(len(rest))
    length = (b"content-length", str(len(opening) + len(rest)).encode())
    media_type = JSON_LINE if is_json else (b"content-type", answer.media_type.encode())
    await exchange.start(200, [media_type, length, *resolution.header_lines])
    if opening:
        await exchange.write(opening)
    await exchange.write_whole(rest)


class Relayed:
    """Writes a stream as it is. `first` and `last` are events, for the form that must end it."""

    def __init__(self) -> None:
        self.first = self.last = b""

    def write(self, events: list[Event]) -> bytes:
        data = b"".join([event.data for event in events if isinstance(event, Chunk)])
        if b"data:" in data:
            self.first, self.last = self.first or data, data
        return data
