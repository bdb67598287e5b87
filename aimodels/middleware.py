"""Compression of pages, their content security policy, and errors that caches must not keep."""

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
    """A nonce, which is created when a template first prints it."""

    value = ""

    def __str__(self) -> str:
        self.value = self.value or secrets.token_urlsafe(16)
        return self.value


class CompressPages(GZipMiddleware):
    """Compresses pages only: compression would weaken the ETags of the API.

    Django adds random bytes to each, so that lengths do not reveal a token (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if page else response


class ContentSecurityPolicy(MiddlewareMixin):
    """Sets a policy without inline scripts on every response, unless the view has set one.

    A page that marks its scripts with `request.csp_nonce` runs only those. The admin does not,
    before Django 6.1; there, scripts from the portal's origin run. django-csp and Django 6.0 cannot
    do this: they add the nonce to `'self'`, so that each file of the origin would run as well.
    """

    def process_request(self, request: HttpRequest) -> None:
        request.csp_nonce = Nonce()  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        nonce: Nonce | None = getattr(request, "csp_nonce", None)
        scripts = f"'nonce-{nonce.value}'" if nonce and nonce.value else "'self'"
        response.headers.setdefault("Content-Security-Policy", POLICY.format(scripts=scripts))
        return response


class KeepErrorsPrivate(MiddlewareMixin):
    """Forbids caches to keep the pages of errors: they show who is signed in."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code >= 400 and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store, private"
        return response
