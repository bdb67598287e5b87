"""The registry at 10,000 models, as ratios within one run."""

from __future__ import annotations

import subprocess
import sys
import timeit

from bench.registry import HEAD, MODEL
from registry import snapshot
from registry.config.load import load_config
from registry.snapshot import Registry
from tests.support.paths import ROOT


def registry_of(size: int) -> Registry:
    source = HEAD + "".join(MODEL.format(n=n) for n in range(size))
    return snapshot.build(load_config(source.encode(), {}))


def test_resolving_costs_the_same_at_10_and_at_10_000_models() -> None:
    def cost(size: int) -> float:
        registry, override = registry_of(size), f"ollama:name-{size // 2}:7b"
        return min(
            timeit.repeat(lambda: registry.resolve("chat", override), number=20_000, repeat=5)
        )

    assert cost(10_000) < 4 * cost(10)


PROGRAM = """
import asyncio, time
from tests.registry.test_scale import registry_of

async def main():
    began = last = time.perf_counter()
    longest, task = 0.0, asyncio.create_task(asyncio.to_thread(registry_of, 10_000))
    while not task.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert len(task.result().models) == 10_000
    print(longest / (now - began))

asyncio.run(main())
"""


def test_loading_10_000_models_in_a_thread_leaves_the_loop_free() -> None:
    """The event loop is blocked for a small part of the load only.

    In a separate process: garbage collection of the memory of this one would count.
    """
    command = [sys.executable, "-c", PROGRAM]
    process = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert float(process.stdout) < 0.5
