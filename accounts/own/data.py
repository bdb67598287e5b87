"""The part of the account's page about one's own data, and its deletion."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from core.http.decorators import page, user_of
from core.personal_data import personal_data
from core.personal_data.erasure import delete_own, empty_log, own_kinds


@require_safe
@page
def account(request: HttpRequest) -> HttpResponse:
    """Show what the portal stores about the user."""
    return render(request, "accounts/account.html", data_context(request))


def data_context(request: HttpRequest) -> dict[str, Any]:
    """Return what `accounts/_data.html` shows: each kind, its number of rows, how long it stays."""
    user = user_of(request)
    return {
        "kinds": [(kind, kind.of(user).count()) for kind in personal_data.kinds.values()],
        "own": own_kinds(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete(request: HttpRequest) -> HttpResponse:
    """Ask whether to delete all that the user wrote, and say what is lost; by POST, delete it."""
    user = user_of(request)
    if request.method == "POST":
        deleted = delete_own(user)
        empty_log()
        rows = [(kind, deleted[kind.name]) for kind in own_kinds()]
        return render(request, "accounts/delete_data.html", {"rows": rows, "done": True})
    rows = [(kind, kind.of(user).count()) for kind in own_kinds()]
    context = {"rows": rows, "some": any(count for _, count in rows)}
    return render(request, "accounts/delete_data.html", context)
