"""`{{ one|amount:parts }}`, `{{ one|whose }}` and `{% budgets_of_reader as budgets %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, ngettext

from core.auth.principals import groups_of
from core.limits.limiter import limiter
from registry.budgets.budget import TOKENS
from registry.budgets.left import left_of
from registry.metering.price import PER_UNIT

if TYPE_CHECKING:
    from registry.budgets.left import Left

register = template.Library()
WHOSE = {
    ("", False): gettext_lazy("of all together"),
    ("", True): gettext_lazy("of these groups together"),
    ("person", False): gettext_lazy("for each person"),
    ("person", True): gettext_lazy("for each person of these groups"),
    ("group", True): gettext_lazy("for the group"),
    ("group", False): gettext_lazy("for the group"),
    ("token", False): gettext_lazy("for each token"),
    ("token", True): gettext_lazy("for each token"),
}


@register.simple_tag(takes_context=True)
def budgets_of_reader(context: dict[str, Any]) -> list[Left]:
    """Return what is left of the budgets of who reads the page."""
    user = context["request"].user
    return left_of(limiter.payer(str(user.pk), "", groups_of(user)))


@register.filter
def amount(one: Left, parts: int) -> str:
    """Return an amount of a budget in words: 12,000 tokens, 3.50 EUR."""
    if one.budget.unit == TOKENS:
        count = number_format(parts, force_grouping=True)
        return ngettext("{n} token", "{n} tokens", parts).format(n=count)
    units = number_format(parts * 100 // PER_UNIT / 100, 2, force_grouping=True)
    return f"{units} {one.budget.currency}".strip()


@register.filter
def whose(one: Left) -> str:
    return str(WHOSE[one.budget.each, one.budget.groups is not None])
