"""The registry at 10,000 models, as ratios within one run."""

from __future__ import annotations

import asyncio
import time
import timeit

from bench.registry import HEAD, MODEL
from registry import config, snapshot
from registry.snapshot import Registry


def registry_of(size: int) -> Registry:
    source = HEAD + "".join(MODEL.format(n=n) for n in range(size))
    return snapshot.build(config.load(source.encode(), {}))


def test_resolving_costs_the_same_at_10_and_at_10_000_models() -> None:
    def cost(size: int) -> float:
        registry, override = registry_of(size), f"ollama:name-{size // 2}:7b"
        return min(
            timeit.repeat(lambda: registry.resolve("chat", override), number=20_000, repeat=5)
        )

    assert cost(10_000) < 4 * cost(10)


async def test_loading_10_000_models_in_a_thread_leaves_the_loop_free() -> None:
    longest, last = 0.0, time.perf_counter()
    task = asyncio.create_task(asyncio.to_thread(registry_of, 10_000))
    while not task.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    registry = await task
    assert len(registry.models) == 10_000
    assert longest < 1
