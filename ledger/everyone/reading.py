"""Reads the sums that a query asks for: of days and whole months, or of the cells of months."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from ledger.everyone.parts import between, parts
from ledger.everyone.query import Query
from ledger.money import AmountSum
from ledger.rollup import BY_GROUP, BY_MODEL
from ledger.sums import Month, Rollup, Total
from ledger.usage.figures import SUMS, IntegerSum, with_failed
from ledger.usage.period import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from ledger.everyone.parts import Part

Row = dict[str, Any]
NAMES = ("groups", "capability", "provider", "model", "currency")
CAUSES = ("outcome", "code")


def query_of(fields: Mapping[str, str], *, sees_people: bool) -> Query:
    """Return what an address asks for. Readers of cells get the last month that has some."""
    read = {name: str(text).replace("\0", "")[:300] for name, text in fields.items()}
    if not sees_people and "from" not in read:
        last = Month.objects.order_by("-month").values_list("month", flat=True).first()
        if last:
            read |= {"from": last.isoformat(), "until": last.isoformat()}
    return Query.read(read, sees_people=sees_people)


def choices(query: Query) -> Iterator[Row]:
    """Yield how many calls each value has that the filters can be, whatever is chosen."""
    for columns in (CAUSES[:1], ("capability", "provider", "model"), ("groups",)):
        yield from _count(query, {}, *columns)


def by_name(query: Query) -> Iterator[Row]:
    """Yield the sums of what `query.by` divides, in its column."""
    columns = {"outcome", "groups" if query.by == "group" else query.by}
    yield from _read(query, query.filters, *columns, "currency")


def by_code(query: Query) -> Iterator[Row]:
    """Yield how many calls ended with each error."""
    yield from _count(query, query.filters, "code")


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
        yield from (row for row in cells(query) if matches(row, query.filters))
        return
    for row in _read(query, query.filters, "at", "provider", "outcome", "currency"):
        yield row | {"day": timezone.localdate(row["at"])}


def whole(query: Query) -> Iterator[Row]:
    """Yield the sums of all that the filters let through."""
    if query.whole_months:
        yield from by_time(query)
    else:
        yield from _read(query, query.filters, "outcome", "currency")


def charges(query: Query) -> Iterator[tuple[date, Iterator[Row]]]:
    """Yield each day, or month, with the sums of what is alike then, in order.

    Each is a query of its own: who reads slowly holds none open.
    """
    for day in query.period.days:
        if not query.whole_months:
            yield day, _charges_of(day, query)
        elif day.day == 1:
            some = replace(query, period=Period(day, day))
            rows = (row for row in cells(some) if matches(row, query.filters))
            yield day, iter(sorted(rows, key=lambda row: [row[name] for name in NAMES]))


def _charges_of(day: date, query: Query) -> Iterator[Row]:
    begin, end = Period(day, day).bounds
    rows = filtered(between(Rollup.objects.filter(kind="day"), begin, end), query.filters)
    return iter(list(sums_of(rows.order_by(*NAMES), *NAMES)))


def _read(query: Query, filters: Mapping[str, str], *columns: str) -> Iterator[Row]:
    """Yield the sums of what is alike in `columns`, of what the filters let through."""
    for rows, sign in _parts(query, *columns, *filters):
        yield from sums_of(filtered(rows, filters), *columns, sign=sign)


def _count(query: Query, filters: Mapping[str, str], *columns: str) -> Iterator[Row]:
    """Yield only the calls of what `_read` yields."""
    for rows, sign in _parts(query, *columns, *filters):
        alike = filtered(rows, filters).values(*columns).annotate(calls_sum=IntegerSum("calls"))
        for row in alike.iterator():
            yield row | {"calls_sum": sign * row["calls_sum"]}


_BY = {" model": BY_MODEL, " group": BY_GROUP}


def _parts(query: Query, *names: str) -> list[Part]:
    """Return the sums that make the period, of the fewest rows that have all columns of `names`."""
    used = {"groups" if name == "group" else name for name in names} - {"at"}
    by = next((by for by, kept in _BY.items() if used <= set(kept)), "")
    months: QuerySet[Any] = Rollup.objects.filter(kind=f"month{by}") if by else Total.objects.all()
    return parts(query, Rollup.objects.filter(kind=f"day{by}"), months)


def filtered(sums: QuerySet[Any], filters: Mapping[str, str]) -> QuerySet[Any]:
    """Return those that the filters let through, as `matches` says it of one."""
    for name, text in filters.items():
        sums = sums.filter(_in_group(text) if name == "group" else Q(**{name: text}))
    return sums


def _in_group(name: str) -> Q:
    """Match one of the lines of `groups`. LIKE is slower, and in SQLite takes `IT` for `it`."""
    line, lines = Value(f"\n{name}\n"), Concat(Value("\n"), "groups", Value("\n"))
    return Q(GreaterThan(StrIndex(lines, line), 0))


def sums_of(rows: QuerySet[Any], *alike: str, sign: int = 1) -> Iterator[Row]:
    """Yield the sums of what is alike, with how many of its calls were not complete.

    With the `sign` -1 they are negative.
    """
    sums = {f"{name}_sum": IntegerSum(name) for name in SUMS} | {"cost_sum": AmountSum("cost")}
    for row in rows.values(*alike).annotate(**sums).iterator():
        if sign < 0:
            row.update({name: -row[name] for name in sums})
        yield with_failed(row) if "outcome" in row else dict(row)


def cells(query: Query) -> Iterator[Row]:
    """Yield the cells of months, without filters."""
    names = (*SUMS, "failed", "cost")
    cells = Month.objects.filter(month__gte=query.period.first, month__lte=query.period.last)
    for cell in cells.values("month", *NAMES, *names).iterator():
        yield cell | {"day": cell["month"]} | {f"{name}_sum": cell[name] for name in names}
