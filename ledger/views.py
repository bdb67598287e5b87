"""The pages of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from core.http.decorators import page, user_of
from ledger.usage.chart import bars
from ledger.usage.figures import Figures, usage_of
from ledger.usage.period import Period

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


@require_safe
@page
def usage(request: HttpRequest) -> HttpResponse:
    """Show what the reader used: in all, by day and by model."""
    period = Period.read(request.GET.get("from", ""), request.GET.get("until", ""))
    used = usage_of(user_of(request).pk, period)
    days = {day: used.days[day].tokens if day in used.days else 0 for day in period.days}
    context = {
        "period": period, "whole": used.whole, "cost": costs(used.whole), "bars": bars(days),
        "days": [(day, used.days[day], costs(used.days[day])) for day in sorted(used.days)],
        "models": [(name, one, costs(one)) for name, one in used.models.items()],
        "kept": settings.LEDGER_DAYS, "tiles": list(_tiles(used.whole)),
    }  # fmt: skip
    return render(request, "ledger/usage.html", context)


def _tiles(whole: Figures) -> Iterable[tuple[str, int, str]]:
    """Yield a title and a sum, without what it is compared with."""
    yield gettext("Answers"), whole.calls, ""
    yield gettext("Tokens in"), whole.input, ""
    yield gettext("Tokens out"), whole.output, ""


def costs(figures: Figures) -> str:
    """Return what calls cost, in each currency; empty if none has a price."""
    return ", ".join(_amounts(sorted(figures.costs.items())))


def _amounts(costs: Iterable[tuple[str, Decimal]]) -> Iterable[str]:
    for currency, cost in costs:
        places = 2 if cost >= 1 else 4
        amount = number_format(round(cost, places), places, force_grouping=True)
        yield f"{amount} {currency}".strip()
