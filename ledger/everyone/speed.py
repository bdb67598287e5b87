"""How long models took: percentiles of the histograms of days."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.everyone.parts import parts
from ledger.rollup import milliseconds_of
from ledger.sums import Latency, LatencyMonth
from ledger.usage.figures import IntegerSum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet

    from ledger.everyone.query import Query

PERCENTS = (50, 95, 99)
KINDS = ("first", "took")
_FIELDS = {"model": "model", "provider": "model__startswith", "capability": "capability"}
Counts = dict[int, int]  # answers by their bucket


class Speed(NamedTuple):
    """Of a model: its answers, and the milliseconds that PERCENTS of them were below."""

    model: str
    answers: int
    first: list[float]
    took: list[float]


def speeds(query: Query) -> list[Speed]:
    """Return those of each model, the most answers first.

    Histograms have no groups and no people: with a filter for groups there are none, and none for
    a reader of whole months.
    """
    is_of_failures = query.filters.get("outcome", "ok") != "ok"
    if query.whole_months or query.filters.get("group") or is_of_failures:
        return []
    found: dict[str, dict[str, Counts]] = defaultdict(lambda: {kind: {} for kind in KINDS})
    for model, kind, bucket, calls in _rows(query):
        counts = found[model][kind]
        counts[bucket] = counts.get(bucket, 0) + calls
    made = [
        Speed(model, sum(counts["took"].values()), *map(percentiles, counts.values()))
        for model, counts in found.items()
    ]
    return sorted((one for one in made if one.answers), key=lambda speed: -speed.answers)


def percentiles(counts: Counts) -> list[float]:
    """Return the milliseconds of each of PERCENTS; none without answers."""
    buckets = sorted(bucket for bucket in counts if counts[bucket])
    below = list(accumulate(counts[bucket] for bucket in buckets))
    return [
        next(
            milliseconds_of(bucket)
            for bucket, count in zip(buckets, below, strict=True)
            if count * 100 >= percent * below[-1]
        )
        for percent in PERCENTS
        if below
    ]


def _rows(query: Query) -> Iterator[tuple[str, str, int, int]]:
    """Yield a model, a kind, a bucket and its answers, of whole months and of other days."""
    for rows, sign in parts(query, Latency.objects.all(), LatencyMonth.objects.all()):
        found = _filtered(rows, query.filters).values_list("model", "kind", "bucket")
        for *key, calls in found.annotate(IntegerSum("calls")).iterator():
            yield *key, sign * calls


def _filtered(rows: QuerySet[Any], filters: Mapping[str, str]) -> QuerySet[Any]:
    for name, text in filters.items():
        if field := _FIELDS.get(name):
            rows = rows.filter(**{field: f"{text}:" if name == "provider" else text})
    return rows
