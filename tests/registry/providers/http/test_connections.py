"""Connections to providers: when they are kept, closed and paused, and what drops them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers.http import connections
from registry.providers.http.transport import Deadlines, Response
from registry.providers.wire import Request
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import completion, http

LARGE = b"x" * 30_000_000  # more than the buffers of the system hold
ONE, TWO = (http(200, completion(text)) for text in ("one", "two"))
# What a provider sends after its response, and when it does.
UNREQUESTED: dict[str, tuple[Any, ...]] = {
    "with it": (ONE + TWO, KEEP),
    "with its end": (ONE[:-9], 0.05, ONE[-9:] + TWO, KEEP),
    "later": (ONE, 0.05, TWO, KEEP),
    "later, in part": (ONE, 0.05, TWO[:20], KEEP),
    "while idle": (ONE, 0.05, b"HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n", KEEP),
}


@pytest.mark.parametrize("steps", UNREQUESTED.values(), ids=UNREQUESTED)
def test_an_unrequested_response_drops_the_connection(
    portal: Portal, fake: FakeProvider, steps: tuple[Any, ...]
) -> None:
    fake.script(*steps)
    assert text_of(portal) == "one"
    time.sleep(0.1)
    fake.script(http(200, completion("mine")), KEEP)
    assert text_of(portal) == "mine"
    first, second = fake.posts
    assert first.connection != second.connection


def text_of(portal: Portal) -> Any:
    return portal.chat().json()["choices"][0]["message"]["content"]


# ── In this process ────────────────────────────────────────────────────────────────────────

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def provider(serve: Serve) -> AsyncIterator[str]:
    """Serve connections, and yield the URL."""

    served: set[asyncio.Task[None]] = set()

    async def until_it_ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        served.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(until_it_ends, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        await connections.close()
        server.close()
        if served:
            await asyncio.wait(served, timeout=1)
        for task in served:
            task.cancel()
        await asyncio.gather(*served, return_exceptions=True)


async def get(url: str, deadlines: Deadlines = Deadlines()) -> bytes:  # noqa: B008 — frozen
    async with Response(Request("GET", url, {}, None), deadlines) as response:
        return await response.read()


async def test_an_unrequested_response_during_a_read_pause_drops_the_connection() -> None:
    received = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n")
            for _ in range(300):
                writer.write(b"x")
                await asyncio.sleep(0)
            await received.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine")

    async with provider(serve) as url:
        for _ in range(5):
            received.clear()
            assert await get(url) == b"x" * 300
            received.set()
            await asyncio.sleep(0.002)


async def test_each_response_on_a_connection_has_its_own_deadline() -> None:
    connections_made: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections_made.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        await reader.readuntil(b"\r\n\r\n")  # and no answer
        await reader.read()

    async with provider(serve) as url:
        assert await get(url, Deadlines(first_byte=60)) == b"hi"
        with pytest.raises(PortalError, match="in time"):
            await get(url, Deadlines(first_byte=0.1))
    assert len(connections_made) == 1


async def test_a_provider_that_trickles_cannot_delay_the_end() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.001)

    async with (
        provider(serve) as url,
        asyncio.timeout(2),
        Response(Request("GET", url, {}, None), Deadlines()) as response,
    ):
        await response.settle()


async def test_a_connection_is_not_kept_while_its_request_is_being_written() -> None:
    connections_made: list[asyncio.StreamWriter] = []
    answered = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections_made.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 X\r\nContent-Length: 2\r\n\r\nno")
        await answered.wait()  # without reading the rest of the request

    async with provider(serve) as url:
        for _ in range(2):
            request = Request("POST", url, {}, LARGE)
            async with Response(request, Deadlines(first_byte=1)) as response:
                assert await response.read() == b"no"
        answered.set()
    assert len(connections_made) == 2


async def test_a_connection_closes_while_its_request_is_being_written() -> None:
    caller_left = asyncio.Event()
    parts: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await caller_left.wait()
        parts.append(await reader.read(len(LARGE)))
        while parts[-1]:
            parts.append(await reader.read(len(LARGE)))

    async with provider(serve) as url:
        with pytest.raises(PortalError):
            async with Response(Request("POST", url, {}, LARGE), Deadlines(first_byte=0.1)):
                pass
        caller_left.set()
        await asyncio.sleep(1)
    assert parts[-1] == b""
    assert sum(map(len, parts)) < len(LARGE)


@pytest.mark.parametrize(
    ("response", "kept"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 204 X\r\n\r\n", True),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", False),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", False),
        (b"HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\nhi", False),
        (b"HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\nhi", False),
    ],
)
async def test_a_connection_is_kept_when_its_provider_allows_it(
    response: bytes, kept: bool
) -> None:
    connections_made: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections_made.append(writer)
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(response)

    async with provider(serve) as url:
        for _ in range(3):
            await get(url)
    assert len(connections_made) == (1 if kept else 3)


async def test_a_connection_that_closes_while_idle_is_not_used_again() -> None:
    requests: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        requests.append(len(requests))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    async with provider(serve) as url:
        for _ in range(3):
            assert await get(url) == b"hi"
            await asyncio.sleep(0.05)
    assert requests == [0, 1, 2]


async def test_a_body_that_waits_for_its_reader_pauses_the_provider() -> None:
    written = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LARGE))
        while written < len(LARGE):
            writer.write(LARGE[:100_000])
            written += 100_000
            await writer.drain()
        await reader.read(1)

    async with (
        provider(serve) as url,
        Response(Request("GET", url, {}, None), Deadlines()) as response,
    ):
        await asyncio.sleep(0.5)
        assert written < len(LARGE) / 2
        assert await response.read() == LARGE


async def test_closing_waits_until_all_connections_are_closed() -> None:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi")
        await reader.read()
        ended.set()

    async with provider(serve) as url:
        response = await Response(Request("GET", url, {}, None), Deadlines()).__aenter__()
        await connections.close()
        with pytest.raises(PortalError):
            await response.read()
        async with asyncio.timeout(1):
            await ended.wait()
