"""
What Prometheus sees at /metrics. Labels are routes, codes and providers: never users or models
that callers name, whose number has no bound.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from registry.providers.wire import counted

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
under_way = Gauge(
    "portal_calls_under_way",
    "Calls to providers under way.",
    ["provider"],
    registry=registry,
    multiprocess_mode="livesum",
)


def count_usage(provider: str, usage: object) -> None:
    """Add a provider's `usage` object to the token counters."""
    if isinstance(usage, dict):
        for kind in ("prompt_tokens", "completion_tokens"):
            if (count := counted(usage.get(kind))) is not None:
                tokens.labels(provider, kind.removesuffix("_tokens")).inc(count)


def latest() -> bytes:
    """Return the page that Prometheus reads: all workers of this `serve` added up."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(registry)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
