"""Answers that are not streamed: their rate, their CPU time, and their delay."""

from __future__ import annotations

import math

from bench.figures import percentile
from bench.load.requests import closed_loop
from bench.load.tally import Tally, run
from bench.measures.base import Measure, Metric, Values
from bench.plan import Plan
from bench.targets.base import Target


def one(target: Target, plan: Plan) -> Values:
    return _values("one", run(closed_loop(target, "fast", 1, plan.seconds)))


def many(target: Target, plan: Plan) -> Values:
    return _values("many", run(closed_loop(target, "fast", 64, plan.seconds)))


def slow(target: Target, plan: Plan) -> Values:
    return _values("slow", run(closed_loop(target, "slow", 8, plan.seconds)))


def _values(prefix: str, tally: Tally) -> Values:
    times = tally.milliseconds
    values = {
        "rate": tally.count / tally.seconds,
        "cpu": tally.cpu / tally.count * 1e3 if tally.count else math.nan,
        "p50": percentile(times, 0.5),
        "p99": percentile(times, 0.99),
        "failures": float(tally.failures),
    }
    return {f"{prefix}_{key}": value for key, value in values.items()}


def _metrics(prefix: str, who: str) -> tuple[Metric, ...]:
    return (
        Metric(f"{prefix}_rate", f"{who}: requests a second", "/s"),
        Metric(f"{prefix}_cpu", f"{who}: CPU a request", "ms"),
        Metric(f"{prefix}_p50", f"{who}: median", "ms"),
        Metric(f"{prefix}_p99", f"{who}: 99 %", "ms"),
        Metric(f"{prefix}_failures", f"{who}: failed"),
    )


MEASURES = [
    Measure("one", one, _metrics("one", "1 caller")),
    Measure("many", many, _metrics("many", "64 callers")),
    Measure("slow", slow, _metrics("slow", "8 callers, model takes 50 ms")),
]
