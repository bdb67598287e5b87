"""
Resolve → request → events: what chat and the workflow call.

From the moment a model is resolved, every failure carries the resolution, so that the caller
knows which model it was and why, and has no secret of the provider's in its words.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from core.access import may_use
from core.errors import PortalError
from core.text import quote
from core.variables import scrub
from registry import usage
from registry.gateway.client import client_for
from registry.health.traffic import traffic_log
from registry.providers.errors import shorten
from registry.providers.wire import Done, Failure

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from core.access import Groups
    from core.http.call import Call
    from registry.entities import Resolution
    from registry.providers.wire import Body, Completion, Embeddings, Event
    from registry.snapshot import Registry


def choose(registry: Registry, capability: str, override: str, groups: Groups | None) -> Resolution:
    """Return the model to ask, for a member of `groups` (None: may use all).

    Raises PortalError as `Registry.resolve` does, and permission_denied, provider_unconfigured.
    """
    resolution = registry.resolve(capability, override, groups)
    with Explained(resolution):
        if not may_use(resolution.allow, groups):
            message = f"Your groups may not use {quote(resolution.id, 80)}."
            raise PortalError("permission_denied", message, param="model")
        client_for(resolution.provider)
    return resolution


class Explained:
    """Gives errors raised inside the resolution, and takes the provider's secrets out."""

    __slots__ = ("resolution",)

    def __init__(self, resolution: Resolution) -> None:
        self.resolution = resolution

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PortalError):
            _explain(error, self.resolution)


class _Counted(Explained):
    """Lets the provider's health know of them, too."""

    __slots__ = ()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, PortalError):
            _note(self.resolution, error)


def _note(resolution: Resolution, error: PortalError) -> None:
    """Let the provider's health know of a failure, if it is the provider's.

    A model that is not listed may be refused for its name: anybody can ask for it.
    """
    if resolution.registry or error.code == "provider_unreachable":
        traffic_log.failed(resolution.provider.name, error)


def _explain(error: PortalError, resolution: Resolution) -> None:
    usage.failures.labels(resolution.provider.name, error.code).inc()
    error.resolution = resolution.as_dict()
    said = error.message.replace("The provider", resolution.provider.name, 1)
    error.message = shorten(scrub(said, resolution.provider.endpoint.secrets))


async def chat(resolution: Resolution, body: Body, call: Call) -> Body:
    """Return an OpenAI `chat.completion`. The provider is told the call's ID, as by the others."""
    with _Counted(resolution):
        client = client_for(resolution.provider)
        answer = await client.chat(resolution.target(call.id), body, resolution.timeout, call)
    traffic_log.succeeded(resolution.provider.name)
    return answer


async def stream(
    resolution: Resolution, body: Body, call: Call, *, records: bool = False
) -> AsyncGenerator[list[Event], None]:
    """Yield batches of events. A failure before the first is raised, a later one is yielded.

    `records` adds the provider's own records, as Record events.
    """
    with _Counted(resolution):
        client = client_for(resolution.provider)
        target = resolution.target(call.id)
        batches = client.stream(target, body, resolution.timeout, call, records=records)
        first = True
        async with aclosing(batches):
            async for events in batches:
                last = events[-1]
                if isinstance(last, Failure):
                    if first and len(events) == 1:
                        raise last.error
                    _explain(last.error, resolution)
                    _note(resolution, last.error)
                elif isinstance(last, Done):  # now: nobody may ask for what comes after the end
                    traffic_log.succeeded(resolution.provider.name)
                first = False
                yield events


async def embed(resolution: Resolution, body: Body, call: Call) -> Embeddings:
    """Return one vector per input."""
    with _Counted(resolution):
        client = client_for(resolution.provider)
        vectors = await client.embed(resolution.target(call.id), body, resolution.timeout, call)
    traffic_log.succeeded(resolution.provider.name)
    return vectors


async def complete(resolution: Resolution, body: Body, call: Call) -> Completion:
    """Return the raw continuation of `body["prompt"]`."""
    with _Counted(resolution):
        client = client_for(resolution.provider)
        found = await client.complete(resolution.target(call.id), body, resolution.timeout, call)
    traffic_log.succeeded(resolution.provider.name)
    return found
