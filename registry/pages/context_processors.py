"""The variables of base.html, on every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from core.auth.principals import OPERATE, groups_of
from core.limits.limiter import limiter
from registry.budgets.left import Left, left_of
from registry.notices import Notice
from registry.pages.events import version
from registry.state.service import service


def state(request: HttpRequest) -> dict[str, Any]:
    """Return the version of the models that a page shows, and the warnings for staff."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    context: dict[str, Any] = {"models_version": version(), "notices": _notices(user)}
    if service.current.budgets:
        context["has_budgets"], context["low_budgets"] = True, _low_budgets(user)
    if user.is_staff:
        context["store_down"] = service.store_down is not None
        if service.rejected is not None:
            operator = user.has_perm(OPERATE)
            context["rejected_edit"] = service.rejected.as_dict(operator=operator)
    return context


def _low_budgets(user: Any) -> list[Left]:
    """Return the budgets that soon refuse this user's questions, or refuse them now."""
    left = left_of(limiter.payer(str(user.pk), "", groups_of(user)))
    return [one for one in left if one.is_low and not one.budget.shadow]


def _notices(user: Any) -> list[Notice]:
    """Return what the pages say at their top to this user, now."""
    if not (notices := service.current.notices):
        return []
    now, groups = timezone.localtime().replace(tzinfo=None), groups_of(user)
    return [notice for notice in notices if notice.is_for(groups, now)]
