"""Signing in by link."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import SignInLink
from core.http.same_site import csrf_problem


@csrf_exempt  # `_comes_from_our_page` makes the same check
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a button whose POST uses the link. Mail scanners, which only GET, do not use it."""
    # The secret is in the address: remove it before anything logs or stores the path.
    request.path = request.path_info = request.META["PATH_INFO"] = "/sign-in"
    response = (
        _confirm(request, secret)
        if request.method == "POST"
        else render(request, "accounts/sign_in.html")
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the secret
    return response


def _comes_from_our_page(request: HttpRequest) -> bool:
    """Make Django's CSRF check for a page whose browser sends no referrer.

    Such a browser sends `Origin: null` and no Referer, which Django refuses. The token is still
    checked, and `Sec-Fetch-Site`, if it is sent, must be `same-origin`.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    if request.META.get("HTTP_ORIGIN", "null") == "null":
        request.META.pop("HTTP_ORIGIN", None)
        request.META["HTTP_REFERER"] = request.build_absolute_uri("/")
    return csrf_problem(request) is None


def _confirm(request: HttpRequest, secret: str) -> HttpResponse:
    if not _comes_from_our_page(request):
        return render(request, "403.html", status=403)
    # A failure counts against an account only if the link was once a link of this account.
    username = SignInLink.owner(secret) or "(no such link)"
    user = authenticate(request, username=username, secret=secret)
    if user is None:
        return render(request, "accounts/sign_in.html", {"refused": True}, status=403)
    login(request, user)
    return redirect(settings.LOGIN_REDIRECT_URL)
