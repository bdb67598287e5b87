"""A code, after a right password and before a session. Guesses are limited as passwords are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from allauth.mfa.base.views import authenticate
from django.core.exceptions import PermissionDenied

from accounts.sign_in.throttle import Attempt, TooManyFailuresError
from core.addresses import address_of, network_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


def go_on(request: HttpRequest, user: User, url: str) -> HttpResponse:
    """Sign in who gave the right password, or ask them for a code first; then lead to `url`."""
    login = Login(user=user, redirect_url=url)
    response: HttpResponse = perform_password_login(
        request, {"username": user.get_username()}, login
    )
    return response


def code_page(request: HttpRequest) -> HttpResponse:
    """Ask for the code. Each one counts as a failure before it is checked, for all workers."""
    stage = get_pending_stage(request) if request.method == "POST" else None
    attempt = _attempt(request, stage.login.user) if stage else None
    response: HttpResponse = authenticate(request)
    if attempt and request.user.is_authenticated:
        attempt.succeeded()
    return response


def _attempt(request: HttpRequest, user: User) -> Attempt:
    network = network_of(address_of(request))
    try:
        return Attempt(f"the code of {user.pk}", network or "")
    except TooManyFailuresError as error:
        request.sign_in_refusal = error  # type: ignore[attr-defined]  # the middleware answers
        raise PermissionDenied from None
