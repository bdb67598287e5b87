"""The page for developers: a token, a model, and programs that use both."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.sign_in.confirm import ask, is_confirmed
from accounts.tokens import TokenForm
from aimodels.developers.snippets import WAYS, programs
from core.http.decorators import groups_of, page, user_of
from registry.listing import visible
from registry.state.service import service

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from registry.entities import Model


@require_http_methods(["GET", "HEAD", "POST"])
@page
@sensitive_variables("token", "form")
def developers(request: HttpRequest) -> HttpResponse:
    """Show programs for the model `?model=`. A POST creates a token, which only this shows."""
    token, form = "", TokenForm(user_of(request), request.POST or None)
    if request.method == "POST":
        if not is_confirmed(request):
            return ask(request.get_full_path())
        token = form.save() if form.is_valid() else ""
    models = [model for model in visible(service.current, groups_of(request)) if _usable(model)]
    model = _chosen(models, request.GET.get("model", ""))
    address = f"{request.scheme}://{request.get_host()}"
    context = {
        "token": token,
        "form": form,
        "confirmed": is_confirmed(request),
        "days": settings.TOKEN_DAYS,
        "groups": [(name, list(group)) for name, group in groupby(models, attrgetter("provider"))],
        "model": model,
        "programs": programs(address, model.id, model.capabilities) if model else [],
        "address": address,
    }
    is_part = "HX-Request" in request.headers and request.method != "POST"
    part = "_programs" if is_part else "page"
    status = 400 if form.errors else 200
    return render(request, f"developers/{part}.html", context, status=status)


def _usable(model: Model) -> bool:
    """Return whether there is a program for what the model does."""
    return not WAYS.keys().isdisjoint(model.capabilities)


def _chosen(models: list[Model], name: str) -> Model | None:
    """Return the model of that ID; otherwise the default for chats, or the first."""
    default = service.current.defaults.get("chat", "")
    by_id = {model.id: model for model in models}
    return by_id.get(name) or by_id.get(default) or next(iter(models), None)
