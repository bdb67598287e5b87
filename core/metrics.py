"""
What Prometheus sees at /metrics. Labels are routes, codes and providers: never users or models
that callers name, whose number has no bound.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    pass

registry = CollectorRegistry()

requests = Counter(
    "portal_requests",
    "Answers given, by route and HTTP status.",
    ["route", "status"],
    registry=registry,
)
own = Histogram(
    "portal_own_seconds",
    "Time until an answer began, without what the provider took.",
    ["route"],
    registry=registry,
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)


# Each of these asks Prometheus's client once: its `labels` costs as much as counting does.


@cache
def own_time(route: str) -> Histogram:
    return own.labels(route)


@cache
def answers(route: str, status: int) -> Counter:
    return requests.labels(route, str(status))


def latest() -> bytes:
    """Return the page that Prometheus reads: all workers of this `serve` added up."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(registry)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
