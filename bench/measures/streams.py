"""Streamed answers: the time to the first chunk, and the CPU time and delay of each chunk."""

from __future__ import annotations

import math
import statistics

from bench.figures import percentile
from bench.load import streams
from bench.load.reading import first_chunks, full_speed, paced
from bench.load.tally import Tally, run
from bench.measures.base import Measure, Metric, Values
from bench.plan import Plan
from bench.targets.base import Target
from bench.upstream import PACED_CHUNKS, PACED_SECONDS

FAST_STREAMS, PACED_STREAMS = 8, 200


def first(target: Target, plan: Plan) -> Values:
    tally = run(first_chunks(target, streams.connect, plan.seconds))
    return {"first_p50": statistics.median(tally.milliseconds)}


def full(target: Target, plan: Plan) -> Values:
    return full_values("full", run(full_speed(target, streams.connect, FAST_STREAMS, plan.seconds)))


def paced_(target: Target, plan: Plan) -> Values:
    return paced_values("paced", run(paced(target, streams.connect, PACED_STREAMS, plan.patience)))


def full_values(prefix: str, tally: Tally) -> Values:
    values = {
        "rate": tally.count / tally.seconds,
        "cpu": tally.cpu / tally.count * 1e6 if tally.count else math.nan,
        "failures": float(tally.failures),
    }
    return {f"{prefix}_{key}": value for key, value in values.items()}


def paced_values(prefix: str, tally: Tally) -> Values:
    times = tally.milliseconds
    values = {
        "delivered": tally.count / (PACED_STREAMS * PACED_CHUNKS) * 100,
        "pace": PACED_SECONDS / tally.seconds * 100,
        "p50": percentile(times, 0.5),
        "p99": percentile(times, 0.99),
        "cpu": tally.cpu / tally.count * 1e6 if tally.count else math.nan,
        "failures": float(tally.failures),
    }
    return {f"{prefix}_{key}": value for key, value in values.items()}


def full_metrics(prefix: str, who: str) -> tuple[Metric, ...]:
    return (
        Metric(f"{prefix}_rate", f"{who}: chunks a second", "/s"),
        Metric(f"{prefix}_cpu", f"{who}: CPU a chunk", "µs"),
        Metric(f"{prefix}_failures", f"{who}: failed"),
    )


def paced_metrics(prefix: str, who: str) -> tuple[Metric, ...]:
    return (
        Metric(f"{prefix}_delivered", f"{who}: delivered", "%"),
        Metric(f"{prefix}_pace", f"{who}: pace kept", "%"),
        Metric(f"{prefix}_p50", f"{who}: delay, median", "ms"),
        Metric(f"{prefix}_p99", f"{who}: delay, 99 %", "ms"),
        Metric(f"{prefix}_cpu", f"{who}: CPU a chunk", "µs"),
        Metric(f"{prefix}_failures", f"{who}: failed"),
    )


MEASURES = [
    Measure("first", first, (Metric("first_p50", "time to the first chunk, median", "ms"),)),
    Measure("paced", paced_, paced_metrics("paced", "200 streams of 20 chunks/s")),
    # Last: some gateways read on for a while after their callers have disconnected.
    Measure("full", full, full_metrics("full", "8 streams at full speed")),
]
