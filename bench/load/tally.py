"""The results of a load."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import uvloop

if TYPE_CHECKING:
    from bench.targets.base import Target

T = TypeVar("T")
RAMP_SECONDS = 0.3
MAX_RAMP_SECONDS = 10.0


@dataclass
class Tally:
    """What was counted between two moments of a load that runs before and after them too.

    So work that is under way at one end makes up for that at the other.
    """

    count: int = 0
    failures: int = 0
    nanoseconds: list[int] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0

    def clear(self) -> None:
        self.count = 0
        self.nanoseconds.clear()

    @property
    def milliseconds(self) -> list[float]:
        return [value / 1e6 for value in self.nanoseconds]


async def observe(
    target: Target, tally: Tally, seconds: float, ready: Callable[[], bool], ramp: float
) -> None:
    """Let the load run up, then count for `seconds`."""
    until = time.monotonic() + max(MAX_RAMP_SECONDS, ramp)
    await asyncio.sleep(ramp)
    while not ready() and time.monotonic() < until:  # noqa: ASYNC110 — there is no event
        await asyncio.sleep(0.01)
    tally.clear()
    cpu, began = target.cpu(), time.perf_counter()
    await asyncio.sleep(seconds)
    tally.seconds, tally.cpu = time.perf_counter() - began, target.cpu() - cpu


def run(work: Coroutine[object, object, T]) -> T:
    """Run a load on uvloop, undisturbed by the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    finally:
        gc.enable()


async def opened(makers: Sequence[Awaitable[T]], at_once: int = 50) -> list[T]:
    """Await all `makers`, `at_once` at a time: more could overflow a server's connection queue."""
    results: list[T] = []
    for first in range(0, len(makers), at_once):
        results += await asyncio.gather(*makers[first : first + at_once])
    return results
