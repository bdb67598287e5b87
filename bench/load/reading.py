"""Many who read what a model streams, in whatever form: at full speed, or at a reader's pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from bench.load.chunks import MARK, Clock, Counter
from bench.load.tally import RAMP_SECONDS, Tally, observe

if TYPE_CHECKING:
    from bench.targets.base import Target

PACE = 0.05  # seconds between two chunks of a paced stream


class Stream(asyncio.Protocol):
    """One connection: `ask` begins an answer, `take` gets its bytes, `ended` is called after it."""

    transport: Any

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.take: Callable[[bytes], object] = bool
        self.ended: Callable[[], object] = bool
        self.open = True
        self.has_chunk = False

    def ask(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.open = False
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.tally.failures += self.open


Connect = Callable[["Target", str, int, Tally], Awaitable[Sequence[Stream]]]


async def full_speed(
    target: Target, connect: Connect, count: int, seconds: float, model: str = "fast"
) -> Tally:
    """Count what `count` readers get of a model that never waits; each asks again at its end."""
    tally = Tally()
    readers = await connect(target, model, count, tally)
    counter = Counter(tally)
    for reader in readers:
        reader.take, reader.ended = counter.take, reader.ask
        reader.ask()
    await observe(target, tally, seconds, lambda: all(r.has_chunk for r in readers), RAMP_SECONDS)
    close_all(readers)
    return tally


async def paced(target: Target, connect: Connect, count: int, patience: float) -> Tally:
    """Let `count` readers ask once, and keep each chunk's delay. Ends when all answers have."""
    tally = Tally()
    readers = await connect(target, "paced", count, tally)
    clocks = [Clock(tally) for _ in readers]
    ends = asyncio.Semaphore(0)
    for reader, clock in zip(readers, clocks, strict=True):
        reader.take, reader.ended = clock.take, ends.release
    cpu, began = target.cpu(), time.perf_counter()
    begin_all(readers)
    try:
        async with asyncio.timeout(patience):
            for _ in readers:
                await ends.acquire()
    except TimeoutError:
        pass
    tally.seconds, tally.cpu = time.perf_counter() - began, target.cpu() - cpu
    close_all(readers)
    for clock in clocks:
        clock.read()
    return tally


def begin_all(readers: Sequence[Stream]) -> None:
    """Let them ask one after the other, spread over the time between two chunks."""
    loop = asyncio.get_running_loop()
    now = loop.time()
    for number, reader in enumerate(readers):
        loop.call_at(now + PACE * number / len(readers), reader.ask)


def close_all(readers: Sequence[Stream]) -> None:
    for reader in readers:
        reader.close()


async def first_chunks(target: Target, connect: Connect, seconds: float) -> Tally:
    """Return how long one reader waits for a stream's first chunk, again and again."""
    tally, over = Tally(), asyncio.Event()
    (reader,) = await connect(target, "short", 1, tally)
    began = first = 0

    def take(data: bytes) -> None:
        nonlocal first
        if not first and MARK in data:
            first = time.perf_counter_ns()
            tally.nanoseconds.append(first - began)

    reader.take, reader.ended = take, over.set
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        over.clear()
        began, first = time.perf_counter_ns(), 0
        reader.ask()
        async with asyncio.timeout(10):
            await over.wait()
    reader.close()
    return tally
