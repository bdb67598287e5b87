"""
Who is it really? Asked again before what an unlocked screen should not give away: a new token, a
password, a sign-in link for someone.

A session is confirmed for CONFIRM_MINUTES by a password, by a sign-in link, or by a sign-in at the
provider of single sign-on that was not a silent one.
"""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, authenticate
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.sessions import BEGAN
from accounts.sign_in.next_page import next_page
from core.http.decorators import page, user_of

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
CONFIRMED = "confirmed"  # when; without it, the sign-in counts


@receiver(user_logged_in)
def begin(request: HttpRequest, **more: Any) -> None:
    request.session.pop(CONFIRMED, None)


def confirm(request: HttpRequest, at: float | None = None) -> None:
    """Note when the person of this session was asked last, by default now; 0 is never."""
    request.session[CONFIRMED] = time.time() if at is None else at


def is_confirmed(request: HttpRequest) -> bool:
    at = request.session.get(CONFIRMED, request.session.get(BEGAN, 0.0))
    # A clock that was set back makes it a time to come, which is not recent either.
    return bool(abs(time.time() - at) < settings.CONFIRM_MINUTES * 60)


def confirmed(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Send who was not asked lately to the page that asks, and from there to `view` or back."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            return ask(request.get_full_path())
        return ask(next_page(request, request.headers.get("Referer", "")))

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", wrapped)


def ask(url: str) -> HttpResponse:
    """Send the browser to the page that asks; it leads to `url`."""
    return redirect(f"{reverse('confirm')}?{urlencode({'next': url})}")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@page
def confirm_page(request: HttpRequest) -> HttpResponse:
    """Ask for the password, or show how else. Guesses are limited as at the sign-in."""
    user, wrong = user_of(request), False
    url = next_page(request, (request.POST or request.GET).get("next", "")) or reverse("security")
    if request.method == "POST":
        password = request.POST.get("password", "")
        wrong = authenticate(request, username=user.get_username(), password=password) != user
        if not wrong:
            confirm(request)
            return redirect(url)
    backend = request.session.get(BACKEND_SESSION_KEY, "")
    context = {
        "next": url,
        "wrong": wrong,
        "password": user.has_usable_password(),
        "sso": settings.OIDC_NAME if backend.startswith("accounts.sso.") else "",
    }
    return render(request, "accounts/confirm.html", context, status=403 if wrong else 200)
