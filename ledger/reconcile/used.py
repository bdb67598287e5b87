"""What the ledger has of a provider, by the provider's days: each call, with why it is as it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from ledger.models import Call
from ledger.money import sum_by

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from zoneinfo import ZoneInfo

SUMS = ("input", "cached", "output", "cost")
ALIKE = ("day", "model", "capability", "outcome", "estimated", "currency", "price_since")


@dataclass(slots=True)
class Part:
    """Sums of some calls; `cost` is in parts of a currency's unit."""

    requests: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    cost: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        self.requests += row["calls"]
        for name in SUMS:
            setattr(self, name, getattr(self, name) + (row[f"{name}_sum"] or 0))


@dataclass(slots=True)
class Used:
    """What the ledger has of a day and a model.

    `estimates` are parts of `whole`, by the reason for their being estimates. `unanswered` counts
    calls without tokens that did not succeed. `since` has the days from which the prices counted.
    """

    whole: Part = field(default_factory=Part)
    estimates: dict[str, Part] = field(default_factory=lambda: defaultdict(Part))
    unanswered: int = 0
    unpriced: int = 0
    currencies: set[str] = field(default_factory=set)
    since: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    capabilities: set[str] = field(default_factory=set)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add the sums of calls that are alike."""
        self.whole.add(row)
        if row["estimated"]:
            self.estimates[row["estimated"]].add(row)
        elif row["outcome"] != "ok":
            self.unanswered += row["empty"]
        self.unpriced += row["unpriced"]
        self.models.add(row["model"])
        self.capabilities.add(row["capability"])
        if row["calls"] > row["unpriced"]:
            self.currencies.add(row["currency"])
            self.since.add(row["price_since"])


Days = dict[tuple[date, str], Used]


def used_of(
    providers: Collection[str], first: date, last: date, zone: ZoneInfo | None = None
) -> list[Mapping[str, Any]]:
    """Return the sums of calls that are alike, on the days of `zone`, by default those of UTC."""
    begin, end = (datetime.combine(day, time.min, zone or UTC) for day in (first, last))
    calls = Call.objects.filter(
        provider__in=providers, at__gte=begin, at__lt=end + timedelta(days=1)
    ).annotate(day=TruncDate("at", tzinfo=zone or UTC))
    empty = Count("pk", filter=Q(input=0, output=0, images=0))
    sums = {f"{name}_sum": sum_by(name) for name in SUMS}
    unpriced = Count("pk", filter=Q(cost=None))
    rows = calls.values(*ALIKE).annotate(calls=Count("pk"), empty=empty, unpriced=unpriced, **sums)
    return list(rows.order_by())


def by_day(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Days:
    """Return what was used by day and model; `names` has what each model's ID is called."""
    days: Days = defaultdict(Used)
    for row in rows:
        days[row["day"], names[row["model"]]].add(row)
    return days


def begin(zone: ZoneInfo | None = None) -> tuple[date, str]:
    """Return the first day of which the ledger has everything, and why there is none before."""
    first = Call.objects.aggregate(first=Min("at"))["first"] or timezone.now()
    first_whole = first.astimezone(zone or UTC).date() + timedelta(days=1)
    if settings.LEDGER_DAYS:
        kept = timezone.now() - timedelta(days=settings.LEDGER_DAYS)
        kept_whole = kept.astimezone(zone or UTC).date() + timedelta(days=1)
        if kept_whole >= first_whole:
            return kept_whole, f"Rows are deleted after LEDGER_DAYS, {settings.LEDGER_DAYS} days"
    return first_whole, f"The ledger's first call is of {first:%Y-%m-%d %H:%M} UTC"


def providers_of_ledger() -> list[str]:
    """Return the providers of which the ledger has calls."""
    return sorted(Call.objects.values_list("provider", flat=True).distinct().order_by())
