"""
The calls that chat and the workflow make: choose a model, then ask it.

Once a model is resolved, every error carries the resolution, so that the caller sees which model
was asked and why, and holds none of the provider's secrets.
"""

from __future__ import annotations

import time
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import PortalError
from registry.gateway.additions import Additions
from registry.gateway.attempts import Attempts, Fitted
from registry.gateway.caches import shown, shown_events, target_of
from registry.gateway.choice import choose
from registry.gateway.client import Client
from registry.gateway.explained import Explained, failed
from registry.gateway.question import restored
from registry.gateway.servers import on_server
from registry.health.traffic import traffic_log
from registry.providers.events import Done, Failure

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection

    from core.http.call import Call
    from registry.entities import Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body, Completion, Embeddings, Native, Relayed

__all__ = [
    "Explained", "answer", "chat", "choose", "complete", "count", "embed", "relay", "stream",
]  # fmt: skip
T = TypeVar("T")
MAX_HOPS = 4  # portals before this one


def _check_hops(call: Call) -> None:
    """Raise PortalError `loop_detected`: a provider may be a portal, whose provider is this one."""
    if call.hops >= MAX_HOPS:
        message = "The request passed too many portals. Do their models.yaml name each other?"
        raise PortalError("loop_detected", message)


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
    return await _whole("chat", Client.chat, resolution, body, call, added, wait)


async def relay(
    native: Native, resolution: Resolution, body: Body, call: Call, *, wait: float | None = None
) -> Relayed:
    """Return the answer to a request in the provider's own format, as it is."""
    return await _whole("native", partial(_relayed, native), resolution, body, call, wait=wait)


async def count(native: Native, resolution: Resolution, body: Body, call: Call) -> Relayed:
    """Return what a provider counts. It is no answer: a failure says nothing about its health."""
    resolution = on_server(resolution)
    with Explained(resolution):
        _check_hops(call)
        client = Client(resolution.at)
        return await client.relay(native, target_of(resolution), body, resolution.timeout, call)


def _begin(resolution: Resolution, call: Call) -> Resolution:
    """Return the resolution with the server that is asked first."""
    if resolution.provider.servers:
        resolution = call.resolution = on_server(resolution)
    return resolution


def _relayed(native: Native, client: Client, *arguments: Any) -> Awaitable[Relayed]:
    return client.relay(native, *arguments)


async def embed(
    resolution: Resolution, body: Body, call: Call, *, wait: float | None = None
) -> Embeddings:
    """Return one vector per input. `wait` as in `chat`."""
    return await _whole("embed", Client.embed, resolution, body, call, wait=wait)


async def complete(
    resolution: Resolution,
    body: Body,
    call: Call,
    added: Collection[str] = (),
    *,
    wait: float | None = None,
) -> Completion:
    """Return the raw continuation of `body["prompt"]`. `added` and `wait` as in `chat`."""
    return await _whole("complete", Client.complete, resolution, body, call, added, wait)


async def answer(
    fitted: Fitted, call: Call, added: Collection[str] = (), *, wait: float | None = None
) -> Body | Completion | Relayed:
    """Return what `chat`, `complete` or `relay` do, as the model that answers is asked."""
    kind, ask = _way(fitted)
    return await _whole(
        kind, ask, fitted.resolution, fitted.body, call, added, wait, native=fitted.native
    )


def _way(fitted: Fitted) -> tuple[str, Callable[..., Awaitable[Any]]]:
    if fitted.native:
        return "native", partial(_relayed, fitted.native)
    if "messages" in fitted.body:
        return "chat", Client.chat
    return "complete", Client.complete


async def _whole(
    kind: str,
    ask: Callable[..., Awaitable[T]],
    resolution: Resolution,
    body: Body,
    call: Call,
    added: Collection[str] = (),
    wait: float | None = None,
    native: Native | None = None,
) -> T:
    resolution = _begin(resolution, call)
    client, additions = Client(resolution.at), Additions(resolution, kind, added)
    began, attempts, limit = time.monotonic(), None, resolution.timeout or wait
    while True:
        target, sent = additions.apply(target_of(resolution), restored(body))
        try:
            _check_hops(call)
            answer = await ask(client, target, sent, limit, call)
        except PortalError as error:
            if additions.take_back(error, body):
                continue
            failed(error, resolution)
            attempts = attempts or Attempts(call, resolution, began, wait)
            fitted = await attempts.after(error, Fitted(resolution, body, native))
            if fitted.native is not native:
                kind, ask = _way(fitted)
            resolution, body, native = fitted
            limit = attempts.limit(resolution.timeout)
            client, additions = Client(resolution.at), Additions(resolution, kind, added)
        else:
            additions.succeeded()
            call.dropped = additions.dropped(body)
            traffic_log.succeeded(resolution.at.key)
            return shown(answer, resolution.provider)


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
    resolution = _begin(resolution, call)
    client = Client(resolution.at)
    additions = Additions(resolution, "native" if native else "stream", added)
    began, attempts, limit = time.monotonic(), None, resolution.first_byte
    first = True
    while first:
        target, sent = additions.apply(target_of(resolution), restored(body))
        call.dropped = additions.dropped(body)
        try:
            _check_hops(call)
            batches = client.stream(target, sent, limit, call, records=records, native=native)
            async with aclosing(batches):
                async for events in batches:
                    _note_end(events, resolution, first=first)
                    if first:
                        additions.succeeded()
                    first = False
                    yield shown_events(events, resolution.provider)
        except PortalError as error:
            if first and additions.take_back(error, body):
                continue
            failed(error, resolution)
            if not first:
                raise
            attempts = attempts or Attempts(call, resolution, began)
            last = Fitted(resolution, body, native)
            resolution, body, native = await attempts.after(error, last)
            limit = attempts.limit(resolution.first_byte)
            client = Client(resolution.at)
            additions = Additions(resolution, "native" if native else "stream", added)


def _note_end(events: list[Event], resolution: Resolution, *, first: bool) -> None:
    """Count the end of a stream. Raises the error of one that has nothing else."""
    last = events[-1]
    if isinstance(last, Failure):
        if first and len(events) == 1:
            raise last.error
        failed(last.error, resolution)
    elif isinstance(last, Done):  # now: callers may stop reading at the end
        traffic_log.succeeded(resolution.at.key)
