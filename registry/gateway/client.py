"""
A provider's client: a wire format and the transport, joined.

`client_for(provider)` is what chat and the workflow call, after `resolve` has named the provider.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings

from core.errors import PortalError
from core.http.call import Call
from core.ids import new_id
from registry import usage
from registry.providers.http import transport
from registry.providers.wire import ENDS, Stamp, bad_response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

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
    return Stamp(f"chatcmpl-{new_id()}", int(time.time()))


class Client:
    """Asks one provider. Every method raises PortalError with a code of the provider's.

    `wait` is the model's own time for the first byte, in seconds.
    """

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.wire = provider.wire

    async def chat(
        self, target: Target, body: Body, wait: float | None = None, call: Call | None = None
    ) -> Body:
        """Return an OpenAI `chat.completion` for an OpenAI chat request."""
        data = await self._answer(self.wire.chat(target, body), wait, call)
        return await _off_loop(lambda: self.wire.read_chat(data, stamp()), data)

    async def stream(
        self,
        target: Target,
        body: Body,
        wait: float | None = None,
        call: Call | None = None,
        *,
        records: bool = False,
    ) -> AsyncGenerator[list[Event], None]:
        """Yield the answer's events, in batches as they arrive; the last is Done or Failure.

        `records` adds the provider's own records, as Record events.
        """
        parser = self.wire.Stream(target, stamp())
        parser.keeps_records = records
        request = self.wire.chat(target, {**body, "stream": True})
        with _UnderWay(self.provider.name, call) as under_way:
            async with transport.Response(request, deadlines(wait)) as response:
                await self._check(response)
                while data := await response.some():
                    under_way.heard()
                    if events := parser.feed(data):
                        yield events
                        if isinstance(events[-1], ENDS):
                            await response.settle()
                            return
                yield parser.close()

    async def embed(
        self, target: Target, body: Body, wait: float | None = None, call: Call | None = None
    ) -> Embeddings:
        """Return a vector for each input of an OpenAI embeddings request."""
        data = await self._answer(self.wire.embeddings(target, body), wait, call)
        found = await _off_loop(lambda: self.wire.read_embeddings(data), data)
        wanted = _inputs(body["input"])
        if len(found.vectors) != wanted:
            raise bad_response(f"it has {len(found.vectors)} vectors for {wanted} inputs")
        return found

    async def complete(
        self, target: Target, body: Body, wait: float | None = None, call: Call | None = None
    ) -> Completion:
        """Return the raw continuation of `body["prompt"]`."""
        data = await self._answer(self.wire.completion(target, body), wait, call)
        return self.wire.read_completion(data)

    async def is_loaded(self, target: Target) -> bool | None:
        """Is the model in its server's memory? None where servers do not tell."""
        request = self.wire.loaded(target)
        if request is None:
            return None
        async with transport.Response(request, transport.Deadlines(1, 2, 2, 3)) as response:
            return self.wire.read_loaded(await response.read(), target.name)

    async def _answer(self, request: Request, wait: float | None, call: Call | None) -> bytes:
        with _UnderWay(self.provider.name, call):
            async with transport.Response(request, deadlines(wait)) as response:
                await self._check(response)
                return await response.read()

    async def _check(self, response: transport.Response) -> None:
        """Raise the error that the provider answers with, if it does."""
        if response.status >= 300:
            data = await response.read_error()
            raise self.wire.read_error(response.status, response.headers, data)


class _UnderWay:
    """Counts a call while it is under way. Raises PortalError `overloaded` if there are too many.

    A class, because a generator as context manager costs three times as much.
    """

    __slots__ = ("_began", "_call", "_heard", "_meters", "_provider")

    def __init__(self, provider: str, call: Call | None) -> None:
        self._provider = provider
        self._call = call or Call()

    def __enter__(self) -> Self:
        under_way = _under_way.get(self._provider, 0)
        if under_way >= settings.PROVIDER_CONCURRENCY:
            message = f"Too many answers of {self._provider} are under way."
            raise PortalError("overloaded", message, retry_after=1)
        _under_way[self._provider] = under_way + 1
        self._meters = usage.of_provider(self._provider)
        self._meters.under_way.inc()
        self._began = time.perf_counter()
        self._heard = False
        return self

    def heard(self) -> None:
        """Something of the answer is there."""
        if not self._heard:
            self._heard = True
            self._call.waited += time.perf_counter() - self._began

    def __exit__(self, *exc_info: object) -> None:
        self.heard()
        self._meters.upstream.observe(time.perf_counter() - self._began)
        self._meters.under_way.dec()
        _under_way[self._provider] -= 1


async def _off_loop(read: Callable[[], T], data: bytes) -> T:
    """Return `read()`, from a thread if `data` is so large that others would have to wait."""
    return await asyncio.to_thread(read) if len(data) > LARGE else read()


@lru_cache(maxsize=256)
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
