"""
What the registry costs: reading the file and resolving, at 10, 1,000 and 10,000 models.

    make bench

Prints medians of five. `resolve` must be one dictionary look-up: its time may not grow with the
number of models.
"""

from __future__ import annotations

import statistics
import sys
import time
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from registry import config, snapshot

SIZES = (10, 1_000, 10_000)
MODEL = """      name-{n}:7b:
        id: "ollama:name-{n}:7b"
        capabilities: ["chat", "sql"]
        title: Model {n}
"""
HEAD = """models:
  defaults: {chat: "ollama:name-1:7b"}
  ollama:
    host: localhost
    registry:
"""


def measure(size: int) -> tuple[float, float, float]:
    """Return seconds to load, and microseconds to resolve an override and the default."""
    source = (HEAD + "".join(MODEL.format(n=n) for n in range(size))).encode()
    loads = []
    for _ in range(5):
        began = time.perf_counter()
        registry = snapshot.build(config.load(source, {}))
        loads.append(time.perf_counter() - began)
    override = f"ollama:name-{size // 2}:7b"
    return (
        statistics.median(loads),
        micros(lambda: registry.resolve("chat", override)),
        micros(lambda: registry.resolve("chat")),
    )


def micros(call: timeit._Stmt) -> float:
    rounds = 100_000
    return statistics.median(timeit.repeat(call, number=rounds, repeat=5)) / rounds * 1e6


if __name__ == "__main__":
    print(
        f"{'models':>8}  {'load, s':>8}  {'resolve override, µs':>21}  {'resolve default, µs':>20}"
    )
    for size in SIZES:
        load, override, default = measure(size)
        print(f"{size:>8}  {load:>8.3f}  {override:>21.3f}  {default:>20.3f}")
