"""Readers of server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from bench.load.chunks import MARK, Clock, Counter
from bench.load.requests import OK
from bench.load.tally import RAMP_SECONDS, Tally, observe, opened

if TYPE_CHECKING:
    from bench.targets.base import Target

END = b"0\r\n\r\n"  # of a chunked body
PACE = 0.05  # seconds between two chunks of a paced stream


class Asker(Protocol):
    def ask(self) -> None: ...


class Reader(asyncio.Protocol):
    """One connection. `take` gets the bytes of a stream's body, `ended` is called at its end."""

    def __init__(
        self, request: bytes, tally: Tally, take: Callable[[bytes], None], ended: Callable[[], None]
    ) -> None:
        self.request, self.tally = request, tally
        self.take, self.ended = take, ended
        self.open = True
        self.chunks_came = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self) -> None:
        self.head: bytes | None = b""
        self.tail = b""
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if self.head is not None:
            head, found, data = (self.head + data).partition(b"\r\n\r\n")
            if not found:
                self.head = head
                return
            self.head = None
            self.tally.failures += not head.startswith(OK)
        self.take(data)
        self.chunks_came = self.chunks_came or MARK in data
        self.tail = (self.tail + data[-len(END) :])[-len(END) :]
        if self.tail == END and self.open:
            self.ended()

    def connection_lost(self, exc: Exception | None) -> None:
        self.tally.failures += self.open

    def close(self) -> None:
        self.open = False
        self.transport.abort()


async def connected(target: Target, make: Callable[[], Reader], count: int) -> list[Reader]:
    loop = asyncio.get_running_loop()
    connections = [loop.create_connection(make, "127.0.0.1", target.port) for _ in range(count)]
    return [reader for _, reader in await opened(connections)]


async def full_speed(target: Target, streams: int, seconds: float) -> Tally:
    """Count what `streams` readers get of a model that never waits; each asks again at its end."""
    tally = Tally()
    request = target.request("fast", stream=True)

    def make() -> Reader:
        reader = Reader(request, tally, Counter(tally).take, lambda: reader.ask())
        return reader

    readers = await connected(target, make, streams)
    for reader in readers:
        reader.ask()
    await observe(target, tally, seconds, lambda: all(r.chunks_came for r in readers), RAMP_SECONDS)
    for reader in readers:
        reader.close()
    return tally


async def paced(target: Target, streams: int, patience: float) -> Tally:
    """Begin `streams` streams, and keep each chunk's delay. Ends when all have ended."""
    tally, over = Tally(), asyncio.Event()
    clocks: list[Clock] = []
    request = target.request("paced", stream=True)
    left = streams

    def ended() -> None:
        nonlocal left
        left -= 1
        if not left:
            over.set()

    def make() -> Reader:
        clocks.append(Clock(tally))
        return Reader(request, tally, clocks[-1].take, ended)

    readers = await connected(target, make, streams)
    await watch(target, tally, readers, over, patience)
    for reader in readers:
        reader.close()
    for clock in clocks:
        clock.read()
    return tally


async def watch(
    target: Target, tally: Tally, readers: Sequence[Asker], over: asyncio.Event, patience: float
) -> None:
    """Let all ask, spread over the time between two chunks, and wait for their end."""
    loop = asyncio.get_running_loop()
    cpu, began, now = target.cpu(), time.perf_counter(), loop.time()
    for number, reader in enumerate(readers):
        loop.call_at(now + PACE * number / len(readers), reader.ask)
    try:
        await asyncio.wait_for(over.wait(), patience)
    except TimeoutError:
        pass
    tally.seconds, tally.cpu = time.perf_counter() - began, target.cpu() - cpu


async def first_chunks(target: Target, seconds: float) -> Tally:
    """Return how long one reader waits for a stream's first chunk, again and again."""
    tally, over = Tally(), asyncio.Event()
    began = came = 0

    def take(data: bytes) -> None:
        nonlocal came
        if not came and MARK in data:
            came = time.perf_counter_ns()
            tally.nanoseconds.append(came - began)

    (reader,) = await connected(
        target, lambda: Reader(target.request("short", stream=True), tally, take, over.set), 1
    )
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        over.clear()
        began, came = time.perf_counter_ns(), 0
        reader.ask()
        await asyncio.wait_for(over.wait(), 10)
    reader.close()
    return tally
