"""The days that a page of the ledger is about."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

MAX_DAYS = 800


class Period(NamedTuple):
    """From the day `first` to the day `last`, in the portal's time zone."""

    first: date
    last: date

    @classmethod
    def read(cls, first: str, last: str) -> Period:
        """Return the period of two days such as 2026-12-24; what is missing or wrong is this month.

        One that ends before it begins is turned round, and one that is too long is cut: first what
        is after today.
        """
        today = timezone.localdate()
        begin, end = _day(first) or today.replace(day=1), _day(last) or today
        begin, end = sorted((begin, end))
        if (end - begin).days >= MAX_DAYS and begin <= today:
            end = min(end, today)
        return cls(max(begin, end - timedelta(days=MAX_DAYS - 1)), end)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        midnights = (self.first, self.last + timedelta(days=1))
        begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in midnights)
        return begin, end

    @property
    def months(self) -> tuple[datetime, datetime]:
        """When its first whole month begins, and its last one is over; the same if it has none."""
        first = self.first if self.first.day == 1 else following(self.first)
        last = (self.last + timedelta(days=1)).replace(day=1)
        begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, last))
        return begin, max(begin, end)

    @property
    def widened(self) -> Period:
        """The period of all days of its months."""
        return Period(self.first.replace(day=1), following(self.last) - timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(self.length)]

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def following(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
