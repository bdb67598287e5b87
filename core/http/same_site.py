"""
Whether a page of the portal sent a request. Only requests with a session need this check: browsers
send cookies with the requests of any page.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import CSRFCheck

from core.errors import PortalError


def require_origin(request: HttpRequest) -> None:
    """Raise PortalError `permission_denied` unless the request has an `Origin` header."""
    if "HTTP_ORIGIN" not in request.META:
        raise PortalError("permission_denied", "A request with a session needs an Origin header.")


def check_navigation(scope: dict[str, Any]) -> None:
    """Raise PortalError `permission_denied` for a GET that a page of another site began.

    No such page can read the answer; but a browser must not work for it.
    """
    site = scope["by_name"].get(b"sec-fetch-site", b"none")
    if site not in (b"none", b"same-origin"):
        raise PortalError("permission_denied", "Open this address on the portal's own page.")


def csrf_problem(request: HttpRequest) -> str | None:
    """Return why Django's CSRF check rejects `request`, or None."""
    check = CSRFCheck(_nothing)
    check.process_request(request)
    reason = check.process_view(request, _nothing, (), {})
    return None if reason is None else str(reason)


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def check_same_site(scope: dict[str, Any]) -> None:
    """Raise PortalError `permission_denied` unless a page of the portal sent this request.

    For requests with a session only: they need the portal's `Origin` and the CSRF token.
    """
    request = ASGIRequest(scope, io.BytesIO())
    require_origin(request)
    if reason := csrf_problem(request):
        raise PortalError("permission_denied", f"CSRF check failed: {reason}")
