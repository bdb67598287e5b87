"""
Queries that were run on data sources, as the copies have them: of months that are over, in sums of
at least five people, by the rule of `ledger.everyone.cells`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from aimodels.portal_source.usage import OTHERS
from ledger.everyone.cells import MIN_PEOPLE
from ledger.everyone.months import LATE
from ledger.usage.period import following
from workflow.models import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMS = {
    "runs": Count("pk"), "failed": Count("pk", filter=Q(rows=None)),
    "result_rows": Sum("rows", default=0), "took": Sum("milliseconds", default=0),
}  # fmt: skip
Part = tuple[list[int], set[str]]  # sums, and the people whose runs they are of


def runs() -> Iterator[tuple[Any, ...]]:
    """Yield the sums of each month and source."""
    months: dict[datetime, dict[str, Part]] = defaultdict(
        lambda: defaultdict(lambda: ([0] * 4, set()))
    )
    for month, source, person, *sums in _rows():
        totals, people = months[month][source]
        totals[:] = map(int.__add__, totals, sums)
        people.add(person)
    for month, sources in sorted(months.items()):
        for source, (totals, _) in _of_five(sources).items():
            yield month.year, month.month, source, *totals


def _rows() -> Iterator[tuple[Any, ...]]:
    today = timezone.localtime(timezone.now() - LATE).date()
    end = timezone.make_aware(datetime.combine(today.replace(day=1), time.min))
    rows = Run.objects.filter(at__gte=_oldest(), at__lt=end).annotate(month=TruncMonth("at"))
    yield from (
        rows.order_by().values_list("month", "source", "username").annotate(**SUMS).iterator()
    )


def _oldest() -> datetime:
    """Return the begin of the first month of which no run has been deleted: months go whole."""
    days = settings.CHANGE_DAYS
    first = timezone.localdate() - timedelta(days=days - 1) if days else date(2000, 1, 1)
    return timezone.make_aware(
        datetime.combine(first if first.day == 1 else following(first), time.min)
    )


def _of_five(sources: dict[str, Part]) -> dict[str, Part]:
    """Put the sources of few people together, and with larger ones until they are enough."""
    ordered = sorted(sources.items(), key=lambda item: (len(item[1][1]), item[0]))
    rest: Part = ([0] * 4, set())
    while ordered and (len(ordered[0][1][1]) < MIN_PEOPLE or 0 < len(rest[1]) < MIN_PEOPLE):
        _, (totals, people) = ordered.pop(0)
        rest = (list(map(int.__add__, rest[0], totals)), rest[1] | people)
    return dict(ordered) | ({OTHERS: rest} if len(rest[1]) >= MIN_PEOPLE else {})
