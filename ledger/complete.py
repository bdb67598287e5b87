"""
Makes sums complete that a process of the previous version has left out.

While workers are replaced one after the other, those of the previous version write rows without the
sums that this version has added. So the sums are compared with those that they are made of: the
calls in each month. What differs is made again, as a whole, from the sums of days. A row is in all
sums of this version or in none of the new ones, so as many calls are the same calls.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from ledger.lock import lock
from ledger.money import sum_of
from ledger.rollup import ALIKE, KINDS, OF_ALL, OF_TIMES, PERSON_KINDS, SUMS, forget
from ledger.sums import Day, Latency, LatencyMonth, PersonRollup, Rollup, Total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import Model, QuerySet

OPEN = timedelta(days=32)  # rows of journals come into this month, or that before


class Made(NamedTuple):
    """Sums that are made of `source`: those of `kind`, where a table has several.

    `kept` are those of `columns`, the time left out, by which they are divided.
    """

    table: type[Model]
    source: type[Model]
    kind: str
    by_month: bool
    kept: tuple[str, ...]
    columns: tuple[str, ...]
    sums: tuple[str, ...]

    @property
    def rows(self) -> QuerySet[Any]:
        rows = self.table._default_manager.all()
        return rows.filter(kind=self.kind) if self.kind else rows


def _kinds(
    table: type[Model], columns: tuple[str, ...], kinds: Mapping[str, tuple[str, ...]]
) -> Iterator[Made]:
    for kind, kept in kinds.items():
        yield Made(table, Day, kind, kind.startswith("month"), kept, columns, SUMS)


MADE = (
    Made(Total, Day, "", True, OF_ALL[1:], OF_ALL[1:], SUMS),
    *_kinds(Rollup, OF_ALL[1:], KINDS),
    *_kinds(PersonRollup, ALIKE[1:], PERSON_KINDS),
    Made(LatencyMonth, Latency, "", True, OF_TIMES[1:], OF_TIMES[1:], ("calls",)),
)


class Completing:
    """The chore. The first time it looks at all months, and later at those that are open."""

    def __init__(self) -> None:
        self._seen_all = False

    def __call__(self) -> None:
        forget_gone()
        complete(timezone.now() - OPEN if self._seen_all else None)
        self._seen_all = True


def complete(since: datetime | None = None) -> None:
    """Make sums again that differ from what they are made of, from the month of `since` on."""
    for made in MADE:
        begin = _begin(made, since)
        for month in _differing(made, begin):
            with transaction.atomic():
                lock()
                if month in _differing(made, begin, month):
                    _make(made, max(month, begin) if begin else month, following(month))


def _begin(made: Made, since: datetime | None) -> datetime | None:
    """Return from when on sums are compared: what is too old is being deleted."""
    begins = [month_of(since)] if since else []
    if settings.LEDGER_DAYS:
        oldest = timezone.localtime() - timedelta(days=settings.LEDGER_DAYS - 1)
        begins.append(following(oldest) if made.by_month else _midnight(oldest))
    return max(begins, default=None)


def _differing(made: Made, begin: datetime | None, only: datetime | None = None) -> list[datetime]:
    """Return the begins of the months in which the calls are not as many."""
    differences: Counter[datetime] = Counter()
    for rows, sign in ((made.source._default_manager.all(), 1), (made.rows, -1)):
        if begin:
            rows = rows.filter(at__gte=begin)
        if only:
            rows = rows.filter(at__gte=only, at__lt=following(only))
        for at, calls in rows.values_list("at").annotate(Sum("calls")):
            differences[month_of(at)] += sign * calls
    return sorted(month for month, count in differences.items() if count)


def _make(made: Made, begin: datetime, end: datetime) -> None:
    """Write the sums of a time again, in the caller's transaction."""
    made.rows.filter(at__gte=begin, at__lt=end).delete()
    quote = connection.ops.quote_name
    kept = [quote(name) for name in made.kept]
    adapt = connection.ops.adapt_datetimefield_value
    mark = "%s::timestamptz" if connection.vendor == "postgresql" else "%s"
    at, values = (mark, [adapt(begin)]) if made.by_month else ("at", [])
    fields = {name: quote(name) if name in made.kept else "''" for name in made.columns}
    fields |= {name: sum_of(quote(name), connection) for name in made.sums}
    if made.kind:
        fields["kind"], values = "%s", [*values, made.kind]
    columns = ", ".join(map(quote, ("at", *fields)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(made.table._meta.db_table)} ({columns})"  # noqa: S608 — no value is in it
            f" SELECT {', '.join((at, *fields.values()))}"
            f" FROM {quote(made.source._meta.db_table)} WHERE at >= %s AND at < %s"
            f" GROUP BY {', '.join(kept if made.by_month else ['at', *kept])}",
            [*values, adapt(begin), adapt(end)],
        )


def forget_gone() -> None:
    """Move sums to those of no one of people whom a process of the previous version has erased."""
    people = PersonRollup.objects.filter(kind="month").exclude(person=0)
    known = get_user_model()._default_manager.values("pk")
    for (person,) in people.exclude(person__in=known).values_list("person").distinct():
        with transaction.atomic():
            lock()
            forget(person)


def month_of(at: datetime) -> datetime:
    """Return when the month of `at` begins, in the portal's time zone."""
    return _midnight(timezone.localtime(at).replace(day=1))


def following(at: datetime) -> datetime:
    """Return when the month after that of `at` begins."""
    return month_of(month_of(at) + timedelta(days=32))


def _midnight(at: datetime) -> datetime:
    return timezone.make_aware(datetime(at.year, at.month, at.day))


completing = Completing()
