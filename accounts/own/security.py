"""The page about how one signs in: password and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.own import sessions as own_sessions
from accounts.sign_in.confirm import confirmed
from core.http.decorators import page, user_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@require_safe
@page
def security(request: HttpRequest) -> HttpResponse:
    """Show how the user signs in, and where they are signed in."""
    user = user_of(request)
    context = {
        "sessions": own_sessions.sessions_of(user, request),
        "has_password": user.has_usable_password(),
        "second_factor": settings.SECOND_FACTOR and user.has_usable_password(),
        "may_set_password": may_set_password(request, user),
    }
    return render(request, "accounts/security.html", context)


def may_set_password(request: HttpRequest, user: User) -> bool:
    """May they have a password? One by whom the provider's removal would be passed by, no."""
    by_provider = request.session.get(BACKEND_SESSION_KEY, "").startswith("accounts.sso.")
    return user.has_usable_password() or not by_provider


@sensitive_post_parameters("new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
@page
@confirmed
def password(request: HttpRequest) -> HttpResponse:
    """Set the user's password. It ends their other sessions."""
    user = user_of(request)
    if not may_set_password(request, user):
        return render(request, "403.html", status=403)
    form = SetPasswordForm(user, request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        own_sessions.end_others(user, request)
        return redirect("security")
    status = 400 if form.errors else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)


@require_POST
@page
def end_session(request: HttpRequest) -> HttpResponse:
    """End the session that `key` names; without it, all others."""
    user = user_of(request)
    if key := request.POST.get("key", ""):
        own_sessions.end(user, key)
    else:
        own_sessions.end_others(user, request)
    return redirect("security")
