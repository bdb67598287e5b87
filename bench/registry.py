"""
The cost of the registry: reading the file and resolving, at 10, 1,000 and 10,000 models.

    bench/registry.py [--json]

`resolve` must be one dictionary look-up: its time may not grow with the number of models. The
first load is what a start does, `again` what happens when the file is read and has not changed.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "x" * 40)

from django.conf import settings

from registry.snapshot import Registry
from registry.state.current import CurrentRegistry

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


def timed(holder: CurrentRegistry) -> tuple[float, Registry]:
    """Read the file as the portal does, at its start and at a reload."""
    began = time.perf_counter()
    registry = holder.load()
    return time.perf_counter() - began, registry


def measure(size: int) -> dict[str, float]:
    """Return milliseconds to load and to load again, and microseconds to resolve."""
    with tempfile.TemporaryDirectory() as folder:
        settings.MODELS_FILE = Path(folder) / "models.yaml"
        settings.MODELS_FILE.write_text(HEAD + "".join(MODEL.format(n=n) for n in range(size)))
        holder = CurrentRegistry()
        load, registry = timed(holder)
        again = statistics.median(timed(holder)[0] for _ in range(5))
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


def show(times: dict[str, float]) -> None:
    names = ("load", "again", "override", "default")
    print("models    load, ms   again, ms   resolve override, µs   resolve default, µs")
    for size in SIZES:
        load, again, override, default = (times[f"{name}_{size}"] for name in names)
        print(f"{size:>6}{load:>12.1f}{again:>12.1f}{override:>23.3f}{default:>22.3f}")


if __name__ == "__main__":
    results = {key: value for size in SIZES for key, value in measure(size).items()}
    if "--json" in sys.argv:
        print(json.dumps(results))
    else:
        show(results)
