"""
Prometheus metrics of HTTP requests, and the page at /metrics. Labels are routes, codes and
providers; never users or the models that callers name, whose number is unlimited.
"""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

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

refused_by_limit = Counter(
    "portal_refused_by_limit",
    "Requests that were refused because a person reached a limit.",
    ["limit"],
    registry=registry,
)


# Cached: `labels` of Prometheus's client costs as much as counting does.


@cache
def own_time(route: str) -> Histogram:
    return own.labels(route)


@cache
def answers(route: str, status: int) -> Counter:
    return requests.labels(route, str(status))


def latest() -> bytes:
    """Return the page for Prometheus: the sum of all workers of this `manage.py serve`."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(registry)
    total = CollectorRegistry()
    MultiProcessCollector(total)  # type: ignore[no-untyped-call]
    return generate_latest(total)
