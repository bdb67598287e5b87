"""A provider that sends nothing of use at full speed delays no other caller."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from core.errors import PortalError
from registry.gateway import pace
from registry.gateway.pace import Pace
from registry.providers import WIRES
from registry.providers.http.transport import Deadlines, Limit, Response
from registry.providers.wire import Request, Stamp, Target
from tests.registry.providers.http.conftest import Run

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
PLAIN = HEAD + b"\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
USELESS = {
    "blank lines": (PLAIN, b"\n" * 65536),
    "comments": (PLAIN, b": waiting\n\n" * 6000),
    "empty objects": (PLAIN, b"data: {}\n\n" * 6000),
    "unknown fields": (PLAIN, b'data: {"x": 1}\n\n' * 4000),
    "events of two lines": (PLAIN, b'data: {"x":\ndata: 1}\n\n' * 3000),
    "blank lines in small chunks": (CHUNKED, b"1\r\n\n\r\n" * 10000),
}
REFUSED = {
    "chunk extensions around a byte each": (CHUNKED, b"1;" + b"x" * 9000 + b"\r\n\n\r\n"),
    "interim responses": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}
MAX_TURN = 0.25  # seconds of the processor; it was the whole flood, seconds, without pauses
SHORT = Deadlines(first_byte=1.5, idle=1.5, total=1.5)


@contextmanager
def flooding(first: bytes, more: bytes) -> Iterator[Request]:
    """Serve one connection, in a thread: `first`, then `more` without end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        sock, _ = listener.accept()
        with sock, suppress(OSError):
            sock.recv(65536)
            sock.sendall(first)
            while True:
                sock.sendall(more)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield Request("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, None)
    finally:
        listener.close()
        thread.join(5)


async def read(request: Request, deadlines: Deadlines = SHORT) -> int:
    """Read a stream as the gateway does; return the bytes until it broke off."""
    parser = WIRES["openai"].Stream(Target("p", "n", "http://x", {}), Stamp("id", 1))
    part, size = Pace(parser), 0
    async with Response(request, deadlines, limit=Limit(1 << 40)) as response:
        while data := await response.some(part.size):
            await part.feed(data)
            size += len(data)
    return size


async def longest_turn(stop: asyncio.Event) -> float:
    """Return how long this thread computed at most between two turns of the loop, in seconds.

    Not how long that took: other processes may have the processor.
    """
    longest, last = 0.0, time.thread_time()
    while not stop.is_set():
        await asyncio.sleep(0.001)
        now = time.thread_time()
        longest, last = max(longest, now - last), now
    return longest


@pytest.mark.parametrize(("first", "more"), USELESS.values(), ids=USELESS)
def test_useless_bytes_delay_no_one_and_end_in_time(run: Run, first: bytes, more: bytes) -> None:
    async def ask(request: Request) -> None:
        stop, began = asyncio.Event(), time.monotonic()
        watcher = asyncio.create_task(longest_turn(stop))
        with pytest.raises(PortalError) as raised:
            await read(request)
        assert time.monotonic() - began < SHORT.total + 2
        stop.set()
        assert await watcher < MAX_TURN
        # A fast machine reads so much of it that it is refused before its time is over.
        assert raised.value.code in ("provider_timeout", "provider_bad_response")

    with flooding(first, more) as request:
        run(ask(request))


@pytest.mark.parametrize(("first", "more"), REFUSED.values(), ids=REFUSED)
def test_http_without_content_is_refused_at_once(run: Run, first: bytes, more: bytes) -> None:
    async def ask(request: Request) -> None:
        with pytest.raises(PortalError) as raised:
            await read(request, Deadlines(first_byte=20, idle=20, total=20))
        assert raised.value.code == "provider_bad_response"

    with flooding(first, more) as request:
        run(ask(request))


def test_megabytes_without_an_event_are_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MAX_IDLE", 1_000_000)

    async def ask(request: Request) -> None:
        with pytest.raises(PortalError, match="without an event"):
            await read(request, Deadlines(first_byte=20, idle=20, total=20))

    with flooding(PLAIN, b": waiting\n\n" * 6000) as request:
        run(ask(request))


async def test_a_large_record_is_not_useless() -> None:
    parser = WIRES["openai"].Stream(Target("p", "n", "http://x", {}), Stamp("id", 1))
    part = Pace(parser)
    for _ in range(20):
        assert await part.feed(b"data: " + b"x" * 1_000_000) == []
