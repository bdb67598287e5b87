"""Sums of the ledger, by model and by day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.utils import timezone

from ledger.money import AmountSum
from ledger.sums import Day
from registry.metering.price import PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    from ledger.usage.period import Period

SUMS = ("calls", "estimated", "unpriced", "input", "cached", "output", "reasoning", "images")


class IntegerSum(Sum):
    """The sum of counts. Django converts each sum; in Postgres, that of `bigint` is `numeric`."""

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        sql, values = self.as_sql(compiler, connection, **context)
        return f"({sql})::bigint", values

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        """Return none: what the database returns is an integer."""
        return []


@dataclass(slots=True)
class Figures:
    """What some calls used. `costs` is in units, by currency; `failed` counts calls."""

    calls: int = 0
    estimated: int = 0
    unpriced: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0
    images: int = 0
    failed: int = 0
    costs: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, row: Mapping[str, Any]) -> None:
        """Add the sums of a day or a month."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + row[name + "_sum"])
        self.failed += row["failed_sum"]
        if row["cost_sum"]:
            self._add_cost(row["currency"], Decimal(row["cost_sum"]) / PER_UNIT)

    def _add_cost(self, currency: str, cost: Decimal) -> None:
        """Add a cost; what is taken away as a whole is none."""
        self.costs[currency] += cost
        if not self.costs[currency]:
            del self.costs[currency]

    @property
    def tokens(self) -> int:
        return self.input + self.output


@dataclass(slots=True)
class Usage:
    """What one person used in a period: in all, by model, by day, and by both."""

    whole: Figures
    models: dict[str, Figures]
    days: dict[date, Figures]
    rows: dict[tuple[date, str], Figures]


def usage_of(person: int, period: Period) -> Usage:
    """Return what the account `person` used, from the sums of days."""
    usage = Usage(Figures(), defaultdict(Figures), defaultdict(Figures), defaultdict(Figures))
    for row in _days(person, period):
        day, model = timezone.localdate(row["at"]), row["model"]
        parts = (usage.whole, usage.models[model], usage.days[day], usage.rows[day, model])
        for figures in parts:
            figures.add(row)
    by_calls = sorted(usage.models.items(), key=lambda item: -item[1].calls)
    usage.models = dict(by_calls)
    return usage


def _days(person: int, period: Period) -> Iterator[Mapping[str, Any]]:
    begin, end = period.bounds
    sums = {f"{name}_sum": IntegerSum(name) for name in SUMS} | {"cost_sum": AmountSum("cost")}
    rows = Day.objects.filter(person=person, at__gte=begin, at__lt=end)
    days = rows.values("at", "model", "outcome", "currency").annotate(**sums)
    yield from map(with_failed, days.iterator())


def with_failed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with how many of its calls were not complete."""
    return {**row, "failed_sum": 0 if row["outcome"] == "ok" else row["calls_sum"]}
