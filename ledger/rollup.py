"""Adds rows of the ledger to the sums of their hours, days and months."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from ledger.money import fitting
from ledger.sums import Day, Hour, Latency, LatencyMonth, PersonRollup, Rollup, Total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import Manager, Model

    from ledger.models import Call
    from ledger.sums import Sums

ALIKE = ("at", "person", "token", "groups", "capability", "provider", "model", "outcome", "code",
         "currency")  # fmt: skip
OF_ALL = tuple(name for name in ALIKE if name not in ("person", "token"))
BY_MODEL = ("capability", "provider", "model", "outcome", "code", "currency")
BY_GROUP = ("groups", "outcome", "currency")
KINDS = {
    "day": OF_ALL[1:],
    "day model": BY_MODEL,
    "day group": BY_GROUP,
    "month model": BY_MODEL,
    "month group": BY_GROUP,
}  # of Rollup: what of OF_ALL each keeps
BY_PERSON = ("person", "token")
PERSON_KINDS = {"day": BY_PERSON, "month": BY_PERSON, "month all": ALIKE[1:]}  # of PersonRollup
SUMS = ("calls", "estimated", "unpriced", "input", "cached", "output", "reasoning", "images",
        "cost", "took")  # fmt: skip
OF_TIMES = ("at", "capability", "model", "kind", "bucket")
BASE = 1.25
BATCH = 5000  # sums that are deleted at once
Times = dict[tuple[Any, ...], list[int]]


def bucket_of(milliseconds: int) -> int:
    """Return which bucket of Latency a time is in."""
    return 0 if milliseconds < 1 else math.floor(math.log(milliseconds, BASE)) + 1


def milliseconds_of(bucket: int) -> float:
    """Return the time in the middle of a bucket."""
    return 0.5 if bucket < 1 else BASE**bucket * (1 + 1 / BASE) / 2


def add(rows: Iterable[Call]) -> None:
    """Add rows to the sums, in the caller's transaction."""
    hours, days, months = _sums(), _sums(), _sums()
    times: Times = defaultdict(lambda: [0])
    for row in rows:
        day, rest = day_of(row.at), [getattr(row, name) for name in ALIKE[1:]]
        hour = row.at.replace(minute=0, second=0, microsecond=0)
        month = months[(day.replace(day=1), *rest[2:])]
        for sums in (hours[(hour, *rest)], days[(day, *rest)], month):
            for place, number in enumerate(_numbers(row)):
                sums[place] += number
        if row.outcome == "ok":
            for kind, time in (("first", row.first), ("took", row.took)):
                times[(day, row.capability, row.model, kind, bucket_of(time))][0] += 1
    _upsert(Hour, ALIKE, SUMS, hours)
    _upsert(Day, ALIKE, SUMS, days)
    _upsert(Total, OF_ALL, SUMS, months)
    add_to_rollups(days)
    _upsert(Latency, OF_TIMES, ("calls",), times)
    _upsert(LatencyMonth, OF_TIMES, ("calls",), _by_month(times))


def _by_month(times: Times) -> Times:
    months: Times = defaultdict(lambda: [0])
    for (day, *rest), (calls,) in times.items():
        months[(day.replace(day=1), *rest)][0] += calls
    return months


def add_to_rollups(days: Mapping[tuple[Any, ...], Iterable[int]]) -> None:
    """Add sums of days, by the values of ALIKE, to those of all people and of each."""
    _roll_up(Rollup, OF_ALL, KINDS, days)
    _roll_up(PersonRollup, ALIKE, PERSON_KINDS, days)


def _roll_up(
    model: type[Model],
    alike: tuple[str, ...],
    kinds: Mapping[str, tuple[str, ...]],
    days: Mapping[tuple[Any, ...], Iterable[int]],
) -> None:
    made = _sums()
    for key, numbers in days.items():
        values = dict(zip(ALIKE, key, strict=True))
        begins = {"day": values["at"], "month": values["at"].replace(day=1)}
        for kind, kept in kinds.items():
            columns = (values[name] if name in kept else "" for name in alike[1:])
            sums = made[(begins[kind.split()[0]], kind, *columns)]
            for place, number in enumerate(numbers):
                sums[place] += number
    _upsert(model, ("at", "kind", *alike[1:]), SUMS, made)


def _sums() -> dict[tuple[Any, ...], list[int]]:
    return defaultdict(lambda: [0] * len(SUMS))


def day_of(at: datetime) -> datetime:
    """Return when the day of `at` begins, in the portal's time zone.

    An hour is of the day on which it begins.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    return timezone.localtime(hour).replace(hour=0, minute=0)


def _numbers(row: Call) -> tuple[int, ...]:
    return (
        1, bool(row.estimated), row.cost is None, row.input, row.cached, row.output,
        row.reasoning, row.images, row.cost or 0, row.took,
    )  # fmt: skip


def _upsert(
    model: type[Model],
    alike: tuple[str, ...],
    sums: tuple[str, ...],
    rows: dict[tuple[Any, ...], list[int]],
) -> None:
    """Add to the rows that are there, and insert the others."""
    if not rows:
        return
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(map(quote, (*alike, *sums)))
    marks = ", ".join(["%s"] * (len(alike) + len(sums)))
    added = ", ".join(f"{quote(n)} = {table}.{quote(n)} + excluded.{quote(n)}" for n in sums)
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 — no value is in it
            f" ON CONFLICT ({', '.join(map(quote, alike))}) DO UPDATE SET {added}",
            [
                (adapt(at), *rest, *(fitting(number, connection) for number in numbers))
                for (at, *rest), numbers in rows.items()
            ],
        )


def delete_old_sums() -> None:
    """Delete the sums whose rows are too old, so many that no statement takes long.

    What began before is deleted as a whole.
    """
    if settings.LEDGER_DAYS:
        end = timezone.now() - timedelta(days=settings.LEDGER_DAYS)
        for model in (Hour, Day, Total, Rollup, PersonRollup, Latency, LatencyMonth):
            rows: Manager[Any] = model._default_manager
            some = rows.filter(at__lt=end).values("pk")[:BATCH]
            while rows.filter(pk__in=some).delete()[0]:
                pass


def forget(person: int) -> None:
    """Move the sums of a person to those of no one, in the caller's transaction."""
    _forget(Hour, ALIKE, person)
    _forget(Day, ALIKE, person)
    _forget(PersonRollup, (*ALIKE, "kind"), person)


def _forget(model: type[Sums], alike: tuple[str, ...], person: int) -> None:
    mine = model._default_manager.filter(person=person)
    to_no_one = _sums()
    for values in mine.values_list(*alike, *SUMS).iterator():
        key = dict(zip(alike, values, strict=False)) | {"person": 0, "token": ""}
        sums = to_no_one[tuple(key.values())]
        for place, number in enumerate(values[len(alike) :]):
            sums[place] += number
    _upsert(model, alike, SUMS, to_no_one)
    mine.delete()
