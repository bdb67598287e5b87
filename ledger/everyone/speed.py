"""How long models took: percentiles of the histograms of days."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Sum

from ledger.everyone.months import following
from ledger.models import Latency, Month
from ledger.rollup import milliseconds_of
from ledger.usage.period import Period

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

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

    Histograms have no groups and no people: with such a filter there are none. A reader of whole
    months gets those of models that have cells of their own.
    """
    if query.filters.get("group") or query.filters.get("outcome", "ok") != "ok":
        return []
    found: dict[str, dict[str, Counts]] = defaultdict(lambda: {kind: {} for kind in KINDS})
    for model, kind, bucket, calls in _rows(query):
        counts = found[model][kind]
        counts[bucket] = counts.get(bucket, 0) + calls
    made = [
        Speed(model, sum(counts["took"].values()), *map(percentiles, counts.values()))
        for model, counts in found.items()
    ]
    return sorted(made, key=lambda speed: -speed.answers)


def percentiles(counts: Counts) -> list[float]:
    """Return the milliseconds of each of PERCENTS; none without answers."""
    buckets = sorted(counts)
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
    """Yield a model, a kind, a bucket and its answers."""
    for rows in _of_cells(query) if query.whole_months else [_between(query.period)]:
        for name, text in query.filters.items():
            if field := _FIELDS.get(name):
                rows = rows.filter(**{field: f"{text}:" if name == "provider" else text})
        sums = rows.values_list("model", "kind", "bucket").annotate(Sum("calls"))
        yield from sums.iterator()


def _of_cells(query: Query) -> Iterator[QuerySet[Latency]]:
    """Yield what is of models that have a cell of their own, by month and capability."""
    first, last = query.period
    cells = Month.objects.filter(month__gte=first, month__lte=last).exclude(model=Month.MIXED)
    names: dict[tuple[date, str], list[str]] = defaultdict(list)
    for month, capability, model in cells.values_list("month", "capability", "model").distinct():
        names[month, capability].append(model)
    for (month, capability), models in names.items():
        days = Period(month, following(month) - timedelta(days=1))
        yield _between(days).filter(capability=capability, model__in=models)


def _between(days: Period) -> QuerySet[Latency]:
    begin, end = days.bounds
    return Latency.objects.filter(at__gte=begin, at__lt=end)
