"""The pages about models: the list with its health, and the dropdowns' options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.choices import HEALTH, choices
from registry.entities import may_use
from registry.errors import PortalError
from registry.health import monitor
from registry.service import service
from registry.site import groups_of, page

if TYPE_CHECKING:
    from typing import Any


@require_safe
@page
def models(request: HttpRequest) -> HttpResponse:
    """Show the models that this user may use, with their providers' health."""
    registry, groups = service.current, groups_of(request)
    health = monitor.of(registry)
    rows: list[dict[str, Any]] = [
        {
            "model": model,
            "health": HEALTH[health[model.provider].status],
            "default_for": [c for c, chosen in registry.defaults.items() if chosen == model.id],
        }
        for model in registry.models.values()
        if may_use(model.allow, groups)
    ]
    return render(request, "registry/models.html", {"rows": rows})


@require_safe
@page
def model_options(request: HttpRequest, capability: str) -> HttpResponse:
    """Return a dropdown's options, which an open page asks for again and again."""
    registry = service.current
    try:
        registry.check_capability(capability)
    except PortalError as error:
        return HttpResponse(error.message, status=400, content_type="text/plain")
    found = choices(registry, capability, groups_of(request))
    return render(request, "registry/_model_options.html", {"choices": found})
