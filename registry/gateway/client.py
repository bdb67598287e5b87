"""A provider's client: its wire format over the HTTP transport."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import PortalError
from core.http.decoding import off_loop
from core.ids import new_id
from registry import usage
from registry.gateway.active import ActiveCall, answer_limit
from registry.gateway.batches import Batches
from registry.gateway.question import drop
from registry.providers import streamed
from registry.providers.http import transport
from registry.providers.reading import bad_response, check_values
from registry.providers.wire import Stamp, Upload

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from core.http.call import Call
    from registry.entities import Provider
    from registry.providers.events import Event
    from registry.providers.wire import (
        Body,
        ChatStream,
        Completion,
        Embeddings,
        Native,
        Relayed,
        Request,
        Target,
    )

MAX_NUMBERS = 8_000_000  # of an answer: 2,048 vectors of 3,072 numbers are almost as many


def stamp(body: Body) -> Stamp:
    return Stamp(f"chatcmpl-{new_id()}", int(time.time()), body)


class Client:
    """Asks one provider. Every method raises PortalError with a code of the provider's.

    `wait` is the model's own timeout for the first byte, in seconds.
    """

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.wire = provider.wire

    async def chat(
        self, target: Target, body: Body, wait: float | None = None, call: Call | None = None
    ) -> Body:
        """Return an OpenAI `chat.completion` for an OpenAI chat request."""
        request = self.wire.chat(target, body)
        drop(body)
        data = await self._answer(request, wait, call)
        return await off_loop(lambda: self._read_chat(target, stamp(body), data), len(data))

    def _read_chat(self, target: Target, mark: Stamp, data: bytes) -> Body:
        try:
            return self.wire.read_chat(data, mark)
        except PortalError as error:
            if (answer := self._streamed(error, target, mark, data)) is None:
                raise
            return answer

    def _streamed(
        self, error: PortalError, target: Target, mark: Stamp, data: bytes
    ) -> Body | None:
        """Return the answer of a server that streams although the request says not to."""
        if error.code != "provider_bad_response":
            return None
        return streamed.read(self.wire.Stream(target, mark), data)

    async def stream(
        self,
        target: Target,
        body: Body,
        wait: float | None = None,
        call: Call | None = None,
        *,
        records: bool = False,
        native: Native | None = None,
    ) -> AsyncGenerator[list[Event], None]:
        """Yield the answer's events, in batches as they arrive; the last is Done or Failure.

        A body without messages asks for a raw completion. `records` adds the provider's own
        records, as Record events. `native`: the body is in the provider's own format, and so are
        the events.
        """
        body = body if body.get("stream") else {**body, "stream": True}
        request, parser = await self._streamed_call(target, body, native)
        drop(body)
        parser.keeps_records = records
        active = ActiveCall(self.provider, call, len(request.body or b""))
        times = await active.begin(wait)
        with active:
            async with transport.Response(request, times, active.call, answer_limit()) as response:
                await self._check(response)
                batches = Batches(response, parser, active)
                while events := await batches.next():
                    yield events
            usage.count_oddities(self.provider.name, parser.oddities)

    async def _streamed_call(
        self, target: Target, body: Body, native: Native | None
    ) -> tuple[Request, ChatStream]:
        """Return the request for a streamed answer, and what reads that."""
        if native:
            request = await _written(native, target, body)
            return request, native.Stream(target, stamp(body))
        if "messages" in body:
            return self.wire.chat(target, body), self.wire.Stream(target, stamp(body))
        request = self.wire.completion(target, body)
        return request, self.wire.CompletionStream(target, stamp(body))

    async def relay(
        self,
        native: Native,
        target: Target,
        body: Body,
        wait: float | None = None,
        call: Call | None = None,
    ) -> Relayed:
        """Return the answer to a request in the provider's own format, as it is."""
        data = await self._answer(await _written(native, target, body), wait, call)
        return await off_loop(lambda: native.read(data, body), len(data))

    async def embed(
        self, target: Target, body: Body, wait: float | None = None, call: Call | None = None
    ) -> Embeddings:
        """Return a vector for each input of an OpenAI embeddings request."""
        limit = transport.Limit(settings.MAX_EMBEDDINGS_BYTES, "MAX_EMBEDDINGS_BYTES")
        request, expected = self.wire.embeddings(target, body), _count_inputs(body["input"])
        drop(body)
        data = await self._answer(request, wait, call, limit)
        embeddings = await off_loop(lambda: self._read_embeddings(data), len(data))
        if (count := len(embeddings.vectors)) != expected:
            raise bad_response(f"it has {count} vectors for {expected} inputs")
        return embeddings

    def _read_embeddings(self, data: bytes) -> Embeddings:
        check_values(data, MAX_NUMBERS)
        return self.wire.read_embeddings(data)

    async def complete(
        self, target: Target, body: Body, wait: float | None = None, call: Call | None = None
    ) -> Completion:
        """Return the raw continuation of `body["prompt"]`."""
        request = self.wire.completion(target, body)
        drop(body)
        data = await self._answer(request, wait, call)
        return await off_loop(lambda: self._read_completion(target, stamp(body), data), len(data))

    def _read_completion(self, target: Target, mark: Stamp, data: bytes) -> Completion:
        try:
            return self.wire.read_completion(data)
        except PortalError as error:
            if (answer := self._streamed(error, target, mark, data)) is None:
                raise
            return streamed.completion(answer)

    async def is_loaded(self, target: Target) -> bool | None:
        """Is the model in its server's memory? None if the server does not report it."""
        request = self.wire.loaded(target)
        if request is None:
            return None
        async with transport.Response(request, transport.Deadlines(1, 2, 2, 3)) as response:
            return self.wire.read_loaded(await response.read(), target.name)

    async def _answer(
        self,
        request: Request,
        wait: float | None,
        call: Call | None,
        limit: transport.Limit | None = None,
    ) -> bytes:
        active = ActiveCall(self.provider, call, len(request.body or b""))
        limit = limit or answer_limit()
        times = await active.begin(wait)
        with active:
            async with transport.Response(request, times, active.call, limit) as response:
                await self._check(response)
                return await response.read(active.buffer)

    async def _check(self, response: transport.Response) -> None:
        """Raise the provider's error if the response is one."""
        if response.status >= 300:
            data = await response.read_error()
            raise self.wire.read_error(response.status, response.headers, data)


async def _written(native: Native, target: Target, body: Body) -> Request:
    """Return a request in the provider's own format. The file of a form may be large."""
    file = body.get("file")
    size = len(file.data) if isinstance(file, Upload) else 0
    return await off_loop(lambda: native.write(target, body), size)


def _count_inputs(texts: object) -> int:
    """Return how many inputs an embeddings request has: a list of numbers is one."""
    if isinstance(texts, list) and texts and not isinstance(texts[0], int):
        return len(texts)
    return 1
