"""
How a door answers where another model may answer instead, whose server may speak another API.

The one that fails may be asked in the door's own API and the next by a translation, or the other
way round: what is sent, and what is written, follow the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from chat.relays.answer import Relayed, send
from chat.requests import allowed, read_chat, report
from chat.requests.names import Named
from chat.streaming import final, stream_answer
from core.ids import new_id
from doors import pieces
from doors.fitted import fitted
from registry.gateway import calls
from registry.gateway.attempts import Fitted
from registry.providers.events import Chunk
from registry.providers.wire import Relayed as RelayedAnswer

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from doors.door import Asked, Door, Native, Writer
    from registry.entities import Resolution
    from registry.providers.events import Event


async def with_fallback(
    exchange: Exchange, door: Door, asked: Asked, native: Native | None, chosen: Resolution
) -> None:
    """Answer what was read on the model that was chosen, or on one of its fallbacks."""
    exchange.call.names = asked.names
    with Named(asked.names):
        answering = Answering(exchange, door, asked, native)
        first = answering.fit(chosen)
        exchange.call.refit = answering.fit
        await (answering.stream if asked.stream else answering.whole)(first)


class Answering:
    """One answer. `fit` makes the request of a model, and what writes its events."""

    def __init__(self, exchange: Exchange, door: Door, asked: Asked, native: Native | None) -> None:
        self.exchange = exchange
        self.door = door
        self.asked = asked
        self.native = native if "messages" in asked.chat else None
        self.writer: Writer | None = None
        self.relayed = Relayed()
        self._form = exchange.form

    def fit(self, resolution: Resolution) -> Fitted:
        """Return the request as this model gets it. Raises PortalError."""
        if self.native and resolution.provider.speaks(self.door.NATIVE):
            with calls.Explained(resolution):
                return self._relayed(self.native, resolution)
        return self._translated(resolution)

    def _relayed(self, native: Native, resolution: Resolution) -> Fitted:
        allowed(read_chat(self.asked.chat), resolution.provider)
        body, dropped = native.fit(self.asked, resolution.provider)
        self.exchange.call.headers = native.headers(self.exchange.headers)
        self.writer = None
        self.relayed = Relayed()
        self.exchange.form = self._form.of(self.relayed)
        return Fitted(report(resolution, list(dict.fromkeys(dropped))), body, native.wire)

    def _translated(self, resolution: Resolution) -> Fitted:
        asked, resolution = fitted(self.asked, resolution)
        self.exchange.call.headers = ()
        self.writer = self.door.Writer(asked, new_id(), resolution.name)
        self.exchange.form = self._form.of(self.writer)
        return Fitted(resolution, asked.chat)

    async def stream(self, first: Fitted) -> None:
        batches = calls.stream(
            first.resolution, first.body, self.exchange.call, self.asked.added, native=first.native
        )
        await stream_answer(self.exchange, first.resolution, batches, self.write, end=self.end)

    def write(self, events: list[Event]) -> bytes:
        if self.writer is None:
            return self.relayed.write(events)
        chunks = [event for event in events if isinstance(event, Chunk)]
        return b"".join([self.writer.write(pieces.of_chunk(chunk)) for chunk in chunks])

    def end(self) -> bytes:
        return b"" if self.writer is None else self.writer.end()

    async def whole(self, first: Fitted) -> None:
        wait = settings.WHOLE_ANSWER_TIMEOUT
        exchange, asked = self.exchange, self.asked
        answer = await calls.answer(first, exchange.call, asked.added, wait=wait)
        resolution = final(exchange, first.resolution)
        if isinstance(answer, RelayedAnswer):
            return await send(exchange, answer, resolution)
        piece = (
            pieces.of_answer(answer) if isinstance(answer, dict) else pieces.of_completion(answer)
        )
        body = self.door.answer(piece, asked, new_id(), piece.model or resolution.name)
        if resolution.is_notable:
            body["resolution"] = resolution.as_json
        await exchange.answer(body, lines=resolution.header_lines)
