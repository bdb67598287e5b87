"""Streams an answer to a caller: the bytes are each route's own, the rest is the same for all."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from chat.inside import FirstEvent
from chat.requests import report
from chat.requests.names import own_all
from core.http.sse import EventStream
from registry.providers.events import Failure

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from core.http.exchange import Exchange
    from registry.entities import Resolution
    from registry.providers.events import Event


async def stream_answer(
    exchange: Exchange,
    resolution: Resolution,
    batches: AsyncGenerator[list[Event], None],
    write: Callable[[list[Event]], bytes],
    *,
    end: Callable[[], bytes] = bytes,
    reported: Callable[[Resolution], None] | None = None,
) -> None:
    """Send what `write` makes of each batch, then `end`. Raises PortalError.

    The headers name the model that answers, what was tried before, and the fields that it turned
    out to refuse. A heartbeat may have sent the headers already: the first event has the resolution
    too, or `reported` gets it.
    """
    first = FirstEvent()
    async with EventStream(exchange, resolution.header_lines) as stream:
        async with aclosing(batches):
            async for events in batches:
                if exchange.call.dropped or exchange.call.resolution:
                    resolution = final(exchange, resolution)
                    stream.set_lines(resolution.header_lines)
                    (reported or first.note)(resolution)
                await stream.write(first.write(write(events)))
                if isinstance(last := events[-1], Failure):
                    raise last.error
        await stream.write(first.write(end()))
        await stream.end()


def final(exchange: Exchange, resolution: Resolution) -> Resolution:
    """Return the resolution of the model that answered, with the fields that it refused."""
    call = exchange.call
    resolution, call.resolution = call.resolution or resolution, None  # once
    names, call.dropped = call.dropped, ()
    return report(resolution, own_all(names, call.names) if names else ())
