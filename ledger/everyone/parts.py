"""
Which sums make a period: those of its whole months, and of the days before and after.

Of a month that is in it only in part, its days are read; or the whole month, from which the other
days are taken away, if those are fewer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Min, QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.everyone.query import Query
    from ledger.usage.period import Period


class Part(NamedTuple):
    """Sums that count in a period, or with the `sign` -1 are taken away."""

    rows: QuerySet[Any]
    sign: int = 1


def parts(query: Query, days: QuerySet[Any], months: QuerySet[Any]) -> list[Part]:
    """Return those of whole months and of other days; else of all days.

    A month whose first days are too old to be kept has only days: it is read as those. Each has
    two bounds, since SQLite searches its index with no more.
    """
    first, last = query.period.bounds
    if not query.by_month:
        return [Part(between(days, first, last))]
    begin, end = _months(query.period)
    months = between(months, begin, end)
    begin = months.aggregate(first=Min("at"))["first"]
    if begin is None:
        return [Part(between(days, first, last))]
    edges = [(first, begin, 1), (end, last, 1), (begin, first, -1), (last, end, -1)]
    return [
        Part(months),
        *(Part(between(days, since, until), sign) for since, until, sign in edges if since < until),
    ]


def between(rows: QuerySet[Any], begin: datetime, end: datetime) -> QuerySet[Any]:
    return rows.filter(at__gte=begin, at__lt=end)


def _months(period: Period) -> tuple[datetime, datetime]:
    """Return when the first month begins, and the last one ends, of those that are read whole."""
    begin, end = period.months
    first, last = period.bounds
    before, after = period.widened.bounds
    if _days(before, first) < _days(first, begin):
        begin = before
    if _days(last, after) < _days(end, last):
        end = after
    return begin, end


def _days(begin: datetime, end: datetime) -> int:
    """Count the days that may have calls: none are of the future."""
    return max((min(end, timezone.now() + timedelta(days=1)) - begin).days, 0)
