"""
Light, dark, or as the system has it: chosen on the account page, and kept in a cookie.

Pages print the choice as `<meta name="color-scheme">`, which browsers read before they paint.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.http.decorators import page

COOKIE = "theme"
YEAR = 365 * 24 * 3600  # seconds
THEMES = {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")}


def theme_of(request: HttpRequest | None) -> str:
    """Return one of THEMES. A page that is rendered without a request follows the system."""
    choice = request.COOKIES.get(COOKIE, "") if request else ""
    return choice if choice in THEMES else "system"


@require_POST
@page
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice in this browser, for the admin's pages as well."""
    response = redirect("account")
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        response.set_cookie(
            COOKIE, choice, YEAR, secure=settings.SECURE_COOKIES, httponly=True, samesite="Lax"
        )
    return response
