"""Reads the sums that a query asks for: of days and whole months, or of the cells of months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Min, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Day, Month, Total
from ledger.usage.figures import SUMS, with_failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet

    from ledger.everyone.query import Query

Row = dict[str, Any]
NAMES = ("groups", "capability", "provider", "model", "currency")
CAUSES = ("outcome", "code")


def rows(query: Query) -> Iterator[Row]:
    """Yield the sums of what is alike, without filters: they choose among these."""
    if query.whole_months:
        yield from _cells(query)
        return
    for part in _parts(query):
        yield from _sums(part, *NAMES, *CAUSES)


def matches(row: Row, filters: Mapping[str, str]) -> bool:
    """Is this row one of those that the filters let through?"""
    return all(
        text in group_names(row) if name == "group" else row[name] == text
        for name, text in filters.items()
    )


def group_names(row: Row) -> list[str]:
    """Return the groups of a row; an empty name for people who are in none."""
    return str(row["groups"]).split("\n")


def by_time(query: Query) -> Iterator[Row]:
    """Yield the sums of each day, or month, in `day`."""
    if query.whole_months:
        yield from (row for row in _cells(query) if matches(row, query.filters))
        return
    for part in _parts(query):
        found = _filtered(part, query.filters)
        for row in _sums(found, "at", "provider", "outcome", "currency"):
            yield row | {"day": timezone.localdate(row["at"])}


def whole(query: Query) -> Iterator[Row]:
    """Yield the sums of all that the filters let through."""
    if query.whole_months:
        yield from by_time(query)
        return
    for part in _parts(query):
        yield from _sums(_filtered(part, query.filters), "outcome", "currency")


def charges(query: Query) -> Iterator[Row]:
    """Yield the sums of what is alike on each day, or in each month, in `day`."""
    if query.whole_months:
        yield from _cells(query)
        return
    for row in _sums(_days(query), "at", *NAMES, "outcome"):
        yield row | {"day": timezone.localdate(row["at"])}


def by_person(query: Query) -> Iterator[Row]:
    """Yield the sums of each person, or of each token, with its name in `name`.

    Only of days: cells are of no single person.
    """
    days = _filtered(_days(query), query.filters)
    kinds = ("person", "token") if query.by == "token" else ("person",)
    found = list(_sums(days, *kinds, "outcome", "currency"))
    users = get_user_model().objects.filter(pk__in={row["person"] for row in found})
    names = dict(users.values_list("pk", "username"))
    for row in found:
        name = names.get(row["person"]) or _("No one")
        yield row | {"name": _token(name, row["token"]) if "token" in row else name}


def _token(name: str, token: str) -> str:
    return f"{name}: {token[:8]}…" if token else _("%(name)s, on pages") % {"name": name}


def _days(query: Query) -> QuerySet[Day]:
    begin, end = query.period.bounds
    return Day.objects.filter(at__gte=begin, at__lt=end)


def _parts(query: Query) -> list[QuerySet[Any]]:
    """Return the sums of whole months, and of the days before and after; else of all days.

    A month whose first days are too old to be kept has only days: it is read as those.
    """
    days = _days(query)
    if not query.by_month:
        return [days]
    begin, end = query.period.months
    months = Total.objects.filter(at__gte=begin, at__lt=end)
    begin = months.aggregate(first=Min("at"))["first"] or end
    return [days.filter(at__lt=begin), months, days.filter(at__gte=end)]


def _filtered(sums: QuerySet[Any], filters: Mapping[str, str]) -> QuerySet[Any]:
    for name, text in filters.items():
        sums = sums.filter(_in_group(text) if name == "group" else Q(**{name: text}))
    return sums


def _in_group(name: str) -> Q:
    """Match the lines of `groups`: the only one, the first, the last, or one between."""
    return (
        Q(groups=name) | Q(groups__startswith=f"{name}\n")
        | Q(groups__endswith=f"\n{name}") | Q(groups__contains=f"\n{name}\n")
    )  # fmt: skip


def _sums(rows: QuerySet[Any], *alike: str) -> Iterator[Row]:
    sums = {f"{name}_sum": Sum(name) for name in (*SUMS, "cost")}
    yield from map(with_failed, rows.values(*alike).annotate(**sums).iterator())


def _cells(query: Query) -> Iterator[Row]:
    names = (*SUMS, "failed", "cost")
    cells = Month.objects.filter(month__gte=query.period.first, month__lte=query.period.last)
    for cell in cells.values("month", *NAMES, *names).iterator():
        yield cell | {"day": cell["month"]} | {f"{name}_sum": cell[name] for name in names}
