"""The page on which an operator confirms a switch: which model answers, for how many people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.auth.principals import OPERATE
from core.http.decorators import page, user_of
from registry.pages.reach import reach
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Mapping


@require_safe
@page
def switch(request: HttpRequest) -> HttpResponse:
    """Ask whether to switch; for operators. `reset` returns to the file's default."""
    if not user_of(request).has_perm(OPERATE):
        raise PermissionDenied
    return confirmation(request, request.GET)


def confirmation(request: HttpRequest, form: Mapping[str, str], status: int = 200) -> HttpResponse:
    """Return the page for the values of a form, which may have been rejected."""
    registry, capability = service.current, form.get("capability", "")
    reset = "reset" in form
    name = registry.file_defaults.get(capability, "") if reset else form.get("model", "")
    context = {
        "capability": capability,
        "reset": reset,
        "name": name,
        "after": (after := registry.find(name)),
        "before": registry.find(registry.defaults.get(capability, "")),
        "reach": reach(after),
        "reason": form.get("reason", ""),
    }
    return render(request, "registry/switch.html", context, status=status)
