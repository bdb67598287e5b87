from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login

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
