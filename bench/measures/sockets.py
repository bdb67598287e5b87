"""The chat on WebSockets, which no other gateway has: the same as for streams, and idle ones."""

from __future__ import annotations

from bench.load import sockets
from bench.load.reading import full_speed, paced
from bench.load.tally import run
from bench.measures.base import Measure, Metric, Values
from bench.measures.streams import (
    FAST_STREAMS,
    PACED_STREAMS,
    full_metrics,
    full_values,
    paced_metrics,
    paced_values,
)
from bench.plan import Plan
from bench.targets.base import Target
from bench.upstream import SHORT_CHUNKS

IDLE = 1000
REST_SECONDS = 0.5


def idle(target: Target, plan: Plan) -> Values:
    """Measure memory in a process that was never busy: after load it has freed memory to reuse."""
    before = target.rss()
    tally, rss = run(sockets.idle(target, IDLE, REST_SECONDS))
    return {
        "idle_rss": rss - before,
        "idle_cpu": tally.cpu / IDLE * 1e3,
        "idle_failures": float(tally.failures),
    }


def short(target: Target, plan: Plan) -> Values:
    """Measure short answers, whose cost is mostly to store them."""
    tally = run(full_speed(target, sockets.connect, 1, plan.seconds, "short"))
    answers = tally.count / SHORT_CHUNKS
    return {
        "ws_short_rate": answers / tally.seconds,
        "ws_short_cpu": tally.cpu / max(answers, 1) * 1e3,
        "ws_short_failures": float(tally.failures),
    }


def full(target: Target, plan: Plan) -> Values:
    return full_values(
        "ws_full", run(full_speed(target, sockets.connect, FAST_STREAMS, plan.seconds))
    )


def paced_(target: Target, plan: Plan) -> Values:
    load = paced(target, sockets.connect, PACED_STREAMS, plan.patience)
    return paced_values("ws_paced", run(load))


IDLE_METRICS = (
    Metric("idle_rss", "1,000 idle sockets: memory", "MB"),
    Metric("idle_cpu", "1,000 idle sockets: CPU to open one", "ms"),
    Metric("idle_failures", "1,000 idle sockets: failed"),
)
SHORT_METRICS = (
    Metric("ws_short_rate", "1 socket, answers of 8 chunks: answers a second", "/s"),
    Metric("ws_short_cpu", "1 socket, answers of 8 chunks: CPU an answer", "ms"),
    Metric("ws_short_failures", "1 socket, answers of 8 chunks: failed"),
)
MEASURES = [
    Measure("idle", idle, IDLE_METRICS, portal_only=True, cold=True),
    Measure("ws_short", short, SHORT_METRICS, portal_only=True),
    Measure("ws_full", full, full_metrics("ws_full", "8 sockets at full speed"), portal_only=True),
    Measure(
        "ws_paced",
        paced_,
        paced_metrics("ws_paced", "200 sockets of 20 chunks/s"),
        portal_only=True,
    ),
]
