"""
A provider's client: a wire format and the transport, joined.

`client_for(provider)` is what chat and the workflow call, after `resolve` has named the provider.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from registry import metrics
from registry.errors import PortalError
from registry.providers import transport
from registry.providers.stream import Verbatim
from registry.providers.wire import Chunk, Stamp, bad_response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator

    from registry.entities import Provider
    from registry.providers.wire import Body, Completion, Embeddings, Event, Request, Target

T = TypeVar("T")
LARGE = 1024 * 1024
_under_way: dict[str, int] = {}  # provider → calls of this process


def client_for(provider: Provider) -> Client:
    """Return a client of `provider`. Raises PortalError `provider_unconfigured`."""
    if not provider.configured:
        raise PortalError(
            "provider_unconfigured",
            f"{provider.name} is not set up: {provider.detail}. An operator sets it where the "
            "portal starts.",
        )
    return Client(provider)


def stamp() -> Stamp:
    return Stamp(f"chatcmpl-{secrets.token_hex(12)}", int(time.time()))


class Client:
    """Asks one provider. Every method raises PortalError with a code of the provider's."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.wire = provider.wire

    async def chat(self, target: Target, body: Body, wait: float | None = None) -> Body:
        """Return an OpenAI `chat.completion` for an OpenAI chat request."""
        data = await self._answer(self.wire.chat(target, body), wait)
        return await _off_loop(lambda: self.wire.read_chat(data, stamp()), data)

    async def stream(
        self,
        target: Target,
        body: Body,
        wait: float | None = None,
        verbatim: list[bytes] | None = None,
    ) -> AsyncGenerator[list[Event], None]:
        """Yield the answer's events, in batches as they arrive; the last is Done or Failure.

        `verbatim`, if given, receives each event's text as the provider wrote it.
        """
        parser = self.wire.Stream(target, stamp())
        if verbatim is not None:
            parser.records = Verbatim(parser.records, verbatim)
        request = self.wire.chat(target, {**body, "stream": True})
        async with self._open(request, wait) as response, aclosing(response.chunks()) as chunks:
            async for data in chunks:
                if events := parser.feed(data):
                    yield events
                    if not isinstance(events[-1], Chunk):
                        break
            else:
                yield parser.close()
                return
            await response.settle()

    async def embed(self, target: Target, body: Body, wait: float | None = None) -> Embeddings:
        """Return a vector for each input of an OpenAI embeddings request."""
        data = await self._answer(self.wire.embeddings(target, body), wait)
        found = await _off_loop(lambda: self.wire.read_embeddings(data), data)
        wanted = _inputs(body["input"])
        if len(found.vectors) != wanted:
            raise bad_response(f"it has {len(found.vectors)} vectors for {wanted} inputs")
        return found

    async def complete(self, target: Target, body: Body, wait: float | None = None) -> Completion:
        """Return the raw continuation of `body["prompt"]`."""
        data = await self._answer(self.wire.completion(target, body), wait)
        return self.wire.read_completion(data)

    async def is_loaded(self, target: Target) -> bool | None:
        """Is the model in its server's memory? None where servers do not tell."""
        request = self.wire.loaded(target)
        if request is None:
            return None
        async with transport.send(request, transport.Deadlines(1, 2, 2, 3)) as response:
            return self.wire.read_loaded(await response.read(), target.name)

    async def _answer(self, request: Request, wait: float | None) -> bytes:
        async with self._open(request, wait) as response:
            return await response.read()

    @asynccontextmanager
    async def _open(
        self, request: Request, wait: float | None
    ) -> AsyncIterator[transport.Response]:
        name = self.provider.name
        with _counted(name), metrics.upstream.labels(name).time():
            async with transport.send(request, deadlines(wait)) as response:
                if response.status >= 300:
                    data = await response.read_error()
                    raise self.wire.read_error(response.status, response.headers, data)
                yield response


@contextmanager
def _counted(provider: str) -> Iterator[None]:
    """Count a call as under way. Raises PortalError `overloaded` if there are too many."""
    under_way = _under_way.get(provider, 0)
    if under_way >= settings.PROVIDER_CONCURRENCY:
        message = f"Too many answers of {provider} are under way."
        raise PortalError("overloaded", message, retry_after=1)
    _under_way[provider] = under_way + 1
    gauge = metrics.under_way.labels(provider)
    gauge.inc()
    try:
        yield
    finally:
        _under_way[provider] -= 1
        gauge.dec()


async def _off_loop(read: Callable[[], T], data: bytes) -> T:
    """Return `read()`, from a thread if `data` is so large that others would have to wait."""
    return await asyncio.to_thread(read) if len(data) > LARGE else read()


def deadlines(wait: float | None) -> transport.Deadlines:
    """Return the settings' deadlines; `wait`, a model's own timeout, is for the first byte."""
    first_byte = wait or settings.FIRST_BYTE_TIMEOUT
    total = max(settings.TOTAL_TIMEOUT, first_byte)
    return transport.Deadlines(settings.CONNECT_TIMEOUT, first_byte, settings.IDLE_TIMEOUT, total)


def _inputs(given: object) -> int:
    """Return how many inputs an embeddings request has: a list of numbers is one."""
    if isinstance(given, list) and given and not isinstance(given[0], int):
        return len(given)
    return 1
