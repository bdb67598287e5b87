"""What a sign-in leaves on its request becomes part of the response, whichever page it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from accounts.record import acting
from accounts.sign_in.devices import remember

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.sign_in.throttle import TooManyFailuresError


class SignIn(MiddlewareMixin):
    """Answers refused sign-ins with 429, and remembers the device of those that succeed."""

    def process_request(self, request: HttpRequest) -> None:
        acting.set(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        acting.set(None)
        refusal: TooManyFailuresError | None = getattr(request, "sign_in_refusal", None)
        if refusal is not None:
            response = _refused(request, refusal.seconds)
        if name := getattr(request, "signed_in_as", ""):
            remember(request, response, name)
        return response


def _refused(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {"seconds": seconds, "minutes": -(-seconds // 60)}
    response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response
