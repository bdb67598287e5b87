"""
The calls that chat and the workflow make: choose a model, then ask it.

Once a model is resolved, every error carries the resolution, so that the caller sees which model
was asked and why, and holds none of the provider's secrets.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from registry.gateway.asking import Asking, check_hops
from registry.gateway.attempts import Fitted
from registry.gateway.caches import shown, shown_events, target_of
from registry.gateway.choice import choose
from registry.gateway.client import Client
from registry.gateway.explained import Explained, failed
from registry.gateway.servers import on_server
from registry.health.traffic import traffic_log
from registry.providers.events import Done, Failure

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection

    from core.http.call import Call
    from registry.entities import Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body, Completion, Embeddings, Native, Relayed

__all__ = [
    "Explained", "answer", "chat", "choose", "complete", "count", "embed", "relay", "stream",
]  # fmt: skip


async def chat(
    resolution: Resolution,
    body: Body,
    call: Call,
    added: Collection[str] = (),
    *,
    wait: float | None = None,
) -> Body:
    """Return an OpenAI `chat.completion`. The provider gets the call's ID, as in all calls.

    `added` names fields of `body` that the portal chose or translated: they are left out if the
    model refuses them, and `call.dropped` has their names. `wait` is the timeout in seconds for a
    model without one in models.yaml.
    """
    answer: Body = await _whole(Asking(Fitted(resolution, body), call, added, wait), call)
    return answer


async def relay(
    native: Native, resolution: Resolution, body: Body, call: Call, *, wait: float | None = None
) -> Relayed:
    """Return the answer to a request in the provider's own format, as it is."""
    asking = Asking(Fitted(resolution, body, native), call, wait=wait)
    answer: Relayed = await _whole(asking, call)
    return answer


async def count(native: Native, resolution: Resolution, body: Body, call: Call) -> Relayed:
    """Return what a provider counts. It is no answer: a failure says nothing about its health."""
    resolution = on_server(resolution)
    with Explained(resolution):
        check_hops(call)
        client = Client(resolution.at)
        return await client.relay(native, target_of(resolution), body, resolution.timeout, call)


async def embed(
    resolution: Resolution, body: Body, call: Call, *, wait: float | None = None
) -> Embeddings:
    """Return one vector per input. `wait` as in `chat`."""
    asking = Asking(Fitted(resolution, body), call, wait=wait, kind="embed")
    answer: Embeddings = await _whole(asking, call)
    return answer


async def complete(
    resolution: Resolution,
    body: Body,
    call: Call,
    added: Collection[str] = (),
    *,
    wait: float | None = None,
) -> Completion:
    """Return the raw continuation of `body["prompt"]`. `added` and `wait` as in `chat`."""
    answer: Completion = await _whole(Asking(Fitted(resolution, body), call, added, wait), call)
    return answer


async def answer(
    fitted: Fitted, call: Call, added: Collection[str] = (), *, wait: float | None = None
) -> Body | Completion | Relayed:
    """Return what `chat`, `complete` or `relay` do, as the model that answers is asked."""
    answer: Body | Completion | Relayed = await _whole(Asking(fitted, call, added, wait), call)
    return answer


async def _whole(asking: Asking, call: Call) -> Any:
    while True:
        try:
            with asking.metered() as metered:
                answer = await asking.whole()
                metered.answered(answer)
        except PortalError as error:
            await asking.after(error)
        else:
            asking.answers()
            call.dropped = asking.dropped
            traffic_log.succeeded(asking.resolution.at.key)
            return shown(answer, asking.resolution.provider)


async def stream(
    resolution: Resolution,
    body: Body,
    call: Call,
    added: Collection[str] = (),
    *,
    records: bool = False,
    native: Native | None = None,
) -> AsyncGenerator[list[Event], None]:
    """Yield batches of events. An error before the first is raised, a later one is yielded.

    A body without messages asks for a raw completion. `added` as in `chat`. `records` adds the
    provider's own records, as Record events. `native`: the body is in the provider's own format,
    and so are the bytes of the chunks. `call.dropped` names the caller's fields that the model does
    not take.
    """
    asking = Asking(Fitted(resolution, body, native), call, added, streams=True)
    first = True
    while first:
        try:
            with asking.metered() as metered:
                async with aclosing(asking.stream(records=records)) as batches:
                    async for events in batches:
                        metered.note(events)
                        _note_end(events, asking.resolution, first=first)
                        if first:
                            asking.answers()
                        first = False
                        yield shown_events(events, asking.resolution.provider)
        except PortalError as error:
            if not first:
                failed(error, asking.resolution)
                raise
            await asking.after(error)


def _note_end(events: list[Event], resolution: Resolution, *, first: bool) -> None:
    """Count the end of a stream. Raises the error of one that has nothing else."""
    last = events[-1]
    if isinstance(last, Failure):
        if first and len(events) == 1:
            raise last.error
        failed(last.error, resolution)
    elif isinstance(last, Done):  # now: callers may stop reading at the end
        traffic_log.succeeded(resolution.at.key)
