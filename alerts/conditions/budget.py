"""
Budgets of which much is used, as the ledger has it: those that many share, and those of groups.

A budget that each person or token has is no alert: whom it is about sees it on their own page, and
no one else should. The same holds for the budget of a group of one person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils import timezone

from alerts.found import Found
from ledger.used import used_by
from registry.budgets.budget import period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.budgets.budget import Budget, Period
    from registry.snapshot import Registry

KIND = "budget"
SHARED = ("", "group")  # whose a budget is


def find(registry: Registry) -> Iterator[Found]:
    for budget in registry.budgets:
        if budget.each in SHARED:
            span = period(budget.per, timezone.localtime())
            least = budget.most * (registry.alerts.at or budget.warn)
            for group, used in used_by(budget, span).items():
                if used * 100 >= least and not _is_of_one(budget, group):
                    yield _found(budget, group, used, span)


def _is_of_one(budget: Budget, group: str) -> bool:
    """Is it one person's, or that of a group that has no one now?"""
    groups = [group] if group else budget.groups
    if groups is None:
        return False
    members = get_user_model()._default_manager.filter(is_active=True, groups__name__in=groups)
    return members.distinct().count() < 2


def _found(budget: Budget, group: str, used: int, span: Period) -> Found:
    percent = 100 * used // budget.most
    unit = budget.currency or budget.unit
    whose = f" of {group}" if group else ""
    amounts = f"{budget.amount(used)} of {budget.amount(budget.most)} {unit}"
    text = f"{percent} % of the budget “{budget.title}”{whose} is used: {amounts}."
    text += " It refuses nothing." * budget.shadow
    return Found(
        KIND,
        f"{budget.name}/{group}" if group else budget.name,
        f"{span.begin:%Y-%m-%d}",
        f"{text} It begins again on {span.end:%Y-%m-%d}.",
        {
            "budget": budget.name, "group": group or None, "percent": percent,
            "used": budget.amount(used), "of": budget.amount(budget.most), "unit": unit,
            "refuses": not budget.shadow,
            "from": f"{span.begin:%Y-%m-%d}", "renews": f"{span.end:%Y-%m-%d}",
        },
    )  # fmt: skip
