"""
What the registry costs: reading the file and resolving, at 10, 1,000 and 10,000 models.

    bench/registry.py [--json]

`resolve` must be one dictionary look-up: its time may not grow with the number of models. The
first load is what a start does, `again` what happens when the file is read and has not changed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from registry import config, snapshot
from registry.snapshot import Registry

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


def read(source: bytes) -> Registry:
    """Do what the portal does with the file. What makes that cheaper is to be called here."""
    return snapshot.build(config.load(source, {}))


def timed(source: bytes) -> tuple[float, Registry]:
    began = time.perf_counter()
    registry = read(source)
    return time.perf_counter() - began, registry


def measure(size: int) -> dict[str, float]:
    """Return milliseconds to load and to load again, and microseconds to resolve."""
    source = (HEAD + "".join(MODEL.format(n=n) for n in range(size))).encode()
    load, registry = timed(source)
    again = statistics.median(timed(source)[0] for _ in range(3))
    override = f"ollama:name-{size // 2}:7b"
    return {
        f"load_{size}": load * 1e3,
        f"again_{size}": again * 1e3,
        f"override_{size}": micros(lambda: registry.resolve("chat", override)),
        f"default_{size}": micros(lambda: registry.resolve("chat")),
    }


def micros(call: timeit._Stmt) -> float:
    rounds = 20_000
    return statistics.median(timeit.repeat(call, number=rounds, repeat=5)) / rounds * 1e6


def show(found: dict[str, float]) -> None:
    names = ("load", "again", "override", "default")
    print("models    load, ms   again, ms   resolve override, µs   resolve default, µs")
    for size in SIZES:
        load, again, override, default = (found[f"{name}_{size}"] for name in names)
        print(f"{size:>6}{load:>12.1f}{again:>12.1f}{override:>23.3f}{default:>22.3f}")


if __name__ == "__main__":
    results = {key: value for size in SIZES for key, value in measure(size).items()}
    if "--json" in sys.argv:
        print(json.dumps(results))
    else:
        show(results)
