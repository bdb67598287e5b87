"""
What Prometheus sees at /metrics. Labels are routes, codes and providers: never users or models
that callers name, whose number has no bound.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from registry.providers.wire import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

registry = CollectorRegistry()

requests = Counter(
    "portal_requests",
    "Answers given, by route and HTTP status.",
    ["route", "status"],
    registry=registry,
)
failures = Counter(
    "portal_failures",
    "Calls to providers that failed, by error code.",
    ["provider", "code"],
    registry=registry,
)
tokens = Counter(
    "portal_tokens", "Tokens that providers counted.", ["provider", "kind"], registry=registry
)
upstream = Histogram(
    "portal_upstream_seconds",
    "Time that providers took for whole answers.",
    ["provider"],
    registry=registry,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)
own = Histogram(
    "portal_own_seconds",
    "Time until an answer began, without what the provider took.",
    ["route"],
    registry=registry,
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
under_way = Gauge(
    "portal_calls_under_way",
    "Calls to providers under way.",
    ["provider"],
    registry=registry,
    multiprocess_mode="livesum",
)


@dataclass(frozen=True, slots=True)
class Meters:
    """What every call of one provider counts."""

    upstream: Histogram
    under_way: Gauge
    tokens: Mapping[str, Counter]  # by key of a `usage` object


# Each of these asks Prometheus's client once: its `labels` costs as much as counting does.


@cache
def of_provider(name: str) -> Meters:
    kinds = {"prompt_tokens": "prompt", "completion_tokens": "completion"}
    counters = {key: tokens.labels(name, kind) for key, kind in kinds.items()}
    return Meters(upstream.labels(name), under_way.labels(name), counters)


@cache
def own_time(route: str) -> Histogram:
    return own.labels(route)


@cache
def answers(route: str, status: int) -> Counter:
    return requests.labels(route, str(status))


def count_usage(provider: str, usage: object) -> None:
    """Add a provider's `usage` object to the token counters."""
    if isinstance(usage, dict):
        for key, counter in of_provider(provider).tokens.items():
            if (count := counted(usage.get(key))) is not None:
                counter.inc(count)


def latest() -> bytes:
    """Return the page that Prometheus reads: all workers of this `serve` added up."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(registry)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
