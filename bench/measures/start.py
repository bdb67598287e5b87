"""The time and CPU until a target answers, and its memory then. Measured once per start."""

from __future__ import annotations

from bench.measures.base import Measure, Metric, Values
from bench.plan import Plan
from bench.targets.base import Target


def start(target: Target, plan: Plan) -> Values:
    if target.pid is None:
        return {}
    began = target.started
    return {"start_wall": began.wall, "start_cpu": began.cpu, "start_rss": began.rss}


METRICS = (
    Metric("start_wall", "start until the first answer", "s"),
    Metric("start_cpu", "start until the first answer: CPU", "s"),
    Metric("start_rss", "memory after the first answer", "MB"),
)
MEASURES = [Measure("start", start, METRICS, cold=True)]
