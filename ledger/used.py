"""What the ledger has of a budget: from its sums by the hour, so that it is fast."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, Sum

from ledger.copying import copying
from ledger.models import Call, Hour
from registry.budgets.budget import MONEY

if TYPE_CHECKING:
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
    hour = span.begin.astimezone(UTC).replace(minute=0)
    if hour == span.begin:
        return _sum(Hour, budget, subject, span.begin, span.end)
    after = hour + timedelta(hours=1)
    return _sum(Call, budget, subject, span.begin, after) + _sum(
        Hour, budget, subject, after, span.end
    )


def _sum(table: type[Model], budget: Budget, subject: str, begin: datetime, end: datetime) -> int:
    rows = table._default_manager.filter(_whose(budget, subject), at__gte=begin, at__lt=end)
    if budget.capabilities is not None:
        rows = rows.filter(capability__in=budget.capabilities)
    if budget.unit == MONEY:
        rows, what = rows.filter(currency=budget.currency), Sum("cost")
    else:
        what = Sum(F("input") + F("output"))
    sums = rows.values_list("groups").annotate(used=what).values_list("groups", "used")
    return sum(used or 0 for groups, used in sums if _is_for(budget, subject, groups))


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
