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


@csrf_exempt  # for `_comes_from_our_page`, which makes the same check
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a button; its POST uses the link up. Mail scanners that only GET do not."""
    # The secret stands in the address: from here on, nobody who logs or stores it may see it.
    request.path = request.path_info = request.META["PATH_INFO"] = "/sign-in"
    response = (
        _confirm(request, secret)
        if request.method == "POST"
        else render(request, "accounts/sign_in.html")
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the secret
    return response


def _comes_from_our_page(request: HttpRequest) -> bool:
    """Make Django's CSRF check on a page that tells no referrer.

    Such a page's browser sends `Origin: null` and no Referer, which Django refuses. The token is
    still checked, and browsers that tell `Sec-Fetch-Site` have to say that it was our page.
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
    # A guess is nobody's: only an old link of somebody's counts against their account.
    username = SignInLink.owner(secret) or "(no such link)"
    found = authenticate(request, username=username, secret=secret)
    if found is None:
        return render(request, "accounts/sign_in.html", {"refused": True}, status=403)
    login(request, found)
    return redirect(settings.LOGIN_REDIRECT_URL)
