"""Signing in by link. The page's script reads the secret from the fragment of the address."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import SignInLink


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show a button whose POST uses the link. Mail scanners, which only GET, do not use it."""
    if request.method != "POST":
        return render(request, "accounts/sign_in.html")
    secret = request.POST.get("secret", "")
    user = authenticate(request, secret=secret)
    if user is None:
        state = SignInLink.state(secret)
        return render(request, "accounts/sign_in.html", {"state": state}, status=403)
    login(request, user)
    return redirect(settings.LOGIN_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("secret")
@require_POST
def link_state(request: HttpRequest) -> JsonResponse:
    """Return whether the link still works, and whom it signs in, without using it."""
    secret = request.POST.get("secret", "")
    return JsonResponse({"state": SignInLink.state(secret), "user": SignInLink.owner(secret)})
