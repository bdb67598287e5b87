"""What the ledger has of a budget: from its sums by the hour, so that it is fast."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, Sum

from ledger.copying import copying
from ledger.models import Call
from ledger.money import sum_by
from ledger.sums import Hour
from registry.budgets.budget import MONEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import Model

    from registry.budgets.budget import Budget, Period

CATCH_UP_SECONDS = 3.0


def used_before(budget: Budget, subject: str, span: Period) -> int:
    """Return what was used of a budget of someone, in its unit, from the begin of the period.

    Waits for the calls of processes that ended just now. An hour may have begun before a midnight
    of some time zones: its calls are counted one by one.
    """
    copying.wait(CATCH_UP_SECONDS)
    return sum(
        used
        for sums in _sums(budget, span, _whose(budget, subject))
        for groups, used in sums
        if _is_for(budget, subject, groups)
    )


def used_by(budget: Budget, span: Period) -> dict[str, int]:
    """Return what was used of a budget that many share in a period: by group, if each has one.

    Else it is that of "". Unlike `used_before` it looks once for all groups, and waits for no one.
    """
    used: dict[str, int] = defaultdict(int)
    for sums in _sums(budget, span, Q()):
        for groups, amount in sums:
            for subject in _subjects(budget, groups):
                used[subject] += amount
    return used


def _sums(budget: Budget, span: Period, whose: Q) -> Iterator[Iterable[tuple[str, int]]]:
    """Yield the groups that people were in, as rows have them, with what they used."""
    hour = span.begin.astimezone(UTC).replace(minute=0)
    after = hour if hour == span.begin else hour + timedelta(hours=1)
    if after > span.begin:
        yield _of(Call, budget, whose, span.begin, after)
    yield _of(Hour, budget, whose, after, span.end)


def _of(
    table: type[Model], budget: Budget, whose: Q, begin: datetime, end: datetime
) -> Iterable[tuple[str, int]]:
    rows = table._default_manager.filter(whose, at__gte=begin, at__lt=end)
    if budget.capabilities is not None:
        rows = rows.filter(capability__in=budget.capabilities)
    if budget.unit == MONEY:
        rows, what = rows.filter(currency=budget.currency), sum_by("cost")
    else:
        what = Sum(F("input") + F("output"))
    sums = rows.values_list("groups").annotate(used=what).values_list("groups", "used")
    return ((groups, used or 0) for groups, used in sums)


def _subjects(budget: Budget, groups: str) -> Iterable[str]:
    """Return whose budgets calls of members of `groups` use, where many share it."""
    names = set(groups.split("\n")) - {""}
    mine = names if budget.groups is None else names & budget.groups
    if budget.each == "group":
        return mine
    return [""] if budget.groups is None or mine else []


def _whose(budget: Budget, subject: str) -> Q:
    if budget.each == "person":
        return Q(person=int(subject))
    return Q(token=subject.removeprefix("token ")) if budget.each == "token" else Q()


def _is_for(budget: Budget, subject: str, groups: str) -> bool:
    """Do calls of members of `groups`, as rows have them, count?"""
    names = set(groups.split("\n"))
    if budget.each == "group":
        return subject in names
    return budget.groups is None or not names.isdisjoint(budget.groups)
