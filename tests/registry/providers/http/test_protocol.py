"""How often a provider is read: piece by piece, or many pieces together if they arrive quickly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from core.errors import PortalError
from core.http.watchdog import Watchdog
from registry.providers.http import connections
from registry.providers.http.transport import Deadlines, Response
from registry.providers.wire import Request
from tests.registry.providers.http.test_connections import provider as serving

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


@asynccontextmanager
async def provider(
    count: int, pause: float, *, missing: int = 0
) -> AsyncIterator[tuple[Request, list[asyncio.Task[None]]]]:
    """Serve bodies of `count` bytes, one byte at a time, without the last `missing` ones.

    Yields a request for one, and a list with a task for each connection.
    """

    served: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        served.append(task)
        with suppress(asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(HEAD % count)
                for _ in range(count - missing):
                    writer.write(b"x")
                    await asyncio.sleep(pause)
                if missing:
                    break
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Request("GET", f"http://127.0.0.1:{port}/", {}, None), served
    finally:
        await connections.close()
        server.close()
        await asyncio.gather(*served)


async def pieces(request: Request) -> list[bytes]:
    async with Response(request, Deadlines(idle=2)) as response:
        parts = []
        while data := await response.some():
            parts.append(data)
        return parts


async def test_pieces_at_a_models_pace_are_read_one_by_one() -> None:
    async with provider(20, 0.01) as (request, _):
        assert await pieces(request) == [b"x"] * 20


async def test_many_small_pieces_in_quick_succession_are_read_together() -> None:
    async with provider(1000, 0) as (request, _):
        parts = await pieces(request)
    assert b"".join(parts) == b"x" * 1000
    assert len(parts) < 250


async def test_a_paused_connection_is_read_again_for_its_next_request() -> None:
    async with provider(1000, 0) as (request, served):
        for _ in range(10):
            assert len(b"".join(await pieces(request))) == 1000
        assert len(served) == 1


async def test_an_early_close_during_a_read_pause_is_an_error() -> None:
    async with provider(1000, 0, missing=1) as (request, _):
        with pytest.raises(PortalError) as raised:
            await pieces(request)
    assert raised.value.code == "provider_bad_response"


async def test_bytes_that_arrived_before_a_connection_broke_are_read_first() -> None:
    async with (
        provider(20, 0.001, missing=1) as (request, _),
        Response(request, Deadlines(idle=2)) as response,
    ):
        await asyncio.sleep(0.2)
        assert await response.some() == b"x" * 19
        with pytest.raises(PortalError):
            await response.some()


async def test_bytes_that_arrived_in_time_are_read_although_the_loop_was_busy() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD % 2 + b"x")
        await asyncio.sleep(0.1)
        writer.write(b"x")
        time.sleep(0.5)  # noqa: ASYNC251 — keeps the loop busy

    limits = Deadlines(first_byte=0.3, idle=0.3)
    async with (
        serving(serve) as url,
        Response(Request("GET", url, {}, None), limits) as response,
    ):
        assert await response.read() == b"xx"


async def test_a_deadline_is_kept_although_the_loop_is_always_busy() -> None:
    late = asyncio.Event()
    Watchdog(late.set).watch(time.monotonic() + 0.1)
    async with asyncio.timeout(3):
        while not late.is_set():
            time.sleep(0.1)  # noqa: ASYNC251 — keeps the loop busy
            await asyncio.sleep(0)
