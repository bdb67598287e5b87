"""Middleware of our own."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.middleware.gzip import GZipMiddleware
from django.utils.deprecation import MiddlewareMixin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src {scripts}",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


class Nonce:
    """A number used once: made when a template first writes it."""

    value = ""

    def __str__(self) -> str:
        self.value = self.value or secrets.token_urlsafe(16)
        return self.value


class CompressPages(GZipMiddleware):
    """Compresses pages, and only them: it would weaken the ETags of the API's answers.

    Django adds some random bytes to each, so that their lengths betray no token (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if page else response


class ContentSecurityPolicy(MiddlewareMixin):
    """Gives every page a policy that runs no inline script, unless the view has set its own.

    A page that marks its scripts with `request.csp_nonce` runs those and no others. The admin's
    do not, before Django 6.1; they run what is served from here.
    """

    def process_request(self, request: HttpRequest) -> None:
        request.csp_nonce = Nonce()  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        nonce: Nonce | None = getattr(request, "csp_nonce", None)
        scripts = f"'nonce-{nonce.value}'" if nonce and nonce.value else "'self'"
        response.headers.setdefault("Content-Security-Policy", POLICY.format(scripts=scripts))
        return response
