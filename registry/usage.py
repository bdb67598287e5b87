"""Prometheus metrics of calls to providers: failures, tokens, time, running calls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

from core.metrics import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


failures = Counter(
    "portal_failures",
    "Calls to providers that failed, by error code.",
    ["provider", "code"],
    registry=registry,
)


server_calls = Counter(
    "portal_server_calls",
    "Calls to each server of the providers that have several.",
    ["provider", "server"],
    registry=registry,
)


retries = Counter(
    "portal_retries",
    "Calls that were sent to the same provider again, by the code of the first error.",
    ["provider", "code"],
    registry=registry,
)


fallbacks = Counter(
    "portal_fallbacks",
    "Requests for which another model was asked, by the code of the error.",
    ["from", "to", "code"],
    registry=registry,
)


tokens = Counter(
    "portal_tokens", "Tokens that providers counted.", ["provider", "kind"], registry=registry
)


oddities = Counter(
    "portal_stream_oddities",
    "Streamed answers in which a provider did something beside its wire format.",
    ["provider", "kind"],
    registry=registry,
)


dropped = Counter(
    "portal_dropped_fields",
    "Fields of callers' requests that were not sent to the provider.",
    ["provider"],
    registry=registry,
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
    "Running calls to providers.",
    ["provider"],
    registry=registry,
    multiprocess_mode="livesum",
)


@dataclass(frozen=True, slots=True)
class Meters:
    """The metrics of one provider."""

    upstream: Histogram
    under_way: Gauge
    tokens: Mapping[str, Counter]  # by kind: prompt, completion


@cache
def of_provider(name: str) -> Meters:
    counters = {kind: tokens.labels(name, kind) for kind in ("prompt", "completion")}
    return Meters(upstream.labels(name), under_way.labels(name), counters)


def count_dropped(provider: str, fields: int) -> None:
    """Count fields of a caller's request that were not sent to a provider."""
    dropped.labels(provider).inc(fields)


def count_oddities(provider: str, kinds: Iterable[str]) -> None:
    """Count what a provider's stream did beside its wire format."""
    for kind in kinds:
        oddities.labels(provider, kind.replace(" ", "_")).inc()


def count_tokens(provider: str, prompt: int, completion: int) -> None:
    """Add what a provider counted of an answer."""
    counters = of_provider(provider).tokens
    counters["prompt"].inc(prompt)
    counters["completion"].inc(completion)
