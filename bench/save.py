"""The results as files: latest.json, and a plot for each of what is compared most."""

from __future__ import annotations

import json
import math
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import machine
from bench.goals import GOALS, of
from bench.plan import Plan
from bench.plots import chart
from bench.run import Results
from bench.targets import TARGETS

PLOTS = {
    "requests": ("Requests a second at 64 callers, on one core", "requests/s", "many_rate"),
    "request-cpu": ("CPU a request, 64 callers", "ms", "many_cpu"),
    "added": ("Added to the median answer, 1 caller", "ms over direct", "one_p50"),
    "first": ("Added to the time to the first chunk", "ms over direct", "first_p50"),
    "chunk-cpu": ("CPU a streamed chunk, 8 streams at full speed", "µs", "full_cpu"),
    "paced-cpu": ("CPU a streamed chunk, 200 streams of 20 chunks/s", "µs", "paced_cpu"),
    "delay": ("Delay of a chunk, 99 %, 200 streams of 20 chunks/s", "ms", "paced_p99"),
    "start": ("CPU until the first answer", "s", "start_cpu"),
    "memory": ("Memory after the first answer", "MB", "start_rss"),
}  # file → title, unit, metric
ADDED = ("added", "first")


def save(results: Results, plan: Plan, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_dict(results, plan), indent=1, ensure_ascii=False)
    (folder / "latest.json").write_text(text + "\n")
    for name, (title, unit, metric) in PLOTS.items():
        if bars := _bars(results, metric, added=name in ADDED):
            (folder / f"{name}.svg").write_text(chart(title, unit, bars, "portal"))


def _bars(results: Results, metric: str, *, added: bool) -> dict[str, list[float]]:
    bars = {}
    floor = over(results, metric) if added else 0.0
    for name in TARGETS:
        values = [v - floor for v in results.values.get(name, {}).get(metric, [])]
        if values and min(values) > 0 and not (added and name == "direct"):
            bars[name] = values
    return bars


def over(results: Results, metric: str) -> float:
    value = of(metric, "direct")(results)
    return 0.0 if math.isnan(value) else value


def as_dict(results: Results, plan: Plan) -> dict[str, Any]:
    return {
        "machine": about(results),
        "plan": asdict(plan),
        "values": {
            target: {metric: [rounded(v) for v in values] for metric, values in metrics.items()}
            for target, metrics in results.values.items()
        },
        "goals": [_goal(results, number) for number in range(len(GOALS))],
        "could_not_run": results.skipped,
        "notes": [note for name in results.values for note in TARGETS[name].notes],
    }


def _goal(results: Results, number: int) -> dict[str, Any]:
    goal = GOALS[number]
    value = goal.value(results)
    return {"group": goal.group, "title": goal.title, "value": rounded(value), "unit": goal.unit,
            "at_least" if goal.least else "at_most": goal.limit,
            "verdict": goal.verdict(value)}  # fmt: skip


def rounded(value: float) -> float | None:
    """Return `value` to five figures; JSON has no NaN."""
    return None if math.isnan(value) else float(f"{value:.5g}")


def about(results: Results) -> dict[str, Any]:
    """Return the facts of the machine that matter for the numbers."""
    info = Path("/proc/cpuinfo").read_text()
    models = [line.partition(":")[2].strip() for line in info.splitlines() if "model name" in line]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": len(machine.CORES),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": round(results.load_before, 2),
    }
