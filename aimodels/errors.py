"""Django's own errors: in the form of the API that was called, as pages elsewhere."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from aimodels.middleware import POLICY
from aimodels.not_found import form_for, no_such_address
from aimodels.programs import is_program
from aimodels.routes import API
from core.errors import PortalError, internal_error
from core.http.envelope import API_HEADERS, error_headers, header_lines, to_response

if TYPE_CHECKING:
    from core.http.exchange import Send

logger = logging.getLogger(__name__)


def limited(request: HttpRequest, error: PortalError) -> HttpResponse:
    response = _answer(request, error, "limited.html")
    response["Retry-After"] = str(error.retry_after)
    return response


def _answer(request: HttpRequest, error: PortalError, template: str) -> HttpResponse:
    if request.path.startswith(API) or is_program(request):
        return to_response(error, request, form_for(request.path))
    return render(request, template, {"error": error}, status=error.kind.status)


async def busy(error: PortalError, send: Send) -> None:
    """Send the page of an error before Django has seen the request."""
    page = render_to_string("503.html", {"error": error}).encode()
    headers = {
        **API_HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Content-Security-Policy": POLICY.format(scripts="'self'"),
        **error_headers(error),
    }
    status = error.kind.status
    start = {"type": "http.response.start", "status": status, "headers": header_lines(headers)}
    await send(start)
    await send({"type": "http.response.body", "body": page})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _answer(
            request, PortalError("payload_too_large", "The request is too large."), "400.html"
        )
    error = PortalError(
        "invalid_request", "The request is not valid, or its Host is not one of ALLOWED_HOSTS."
    )
    return _answer(request, error, "400.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, PortalError("permission_denied", "You may not do this."), "403.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(
        request, PortalError("permission_denied", f"CSRF check failed: {reason}"), "403.html"
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, no_such_address(request.path), "404.html")


def failed(request: HttpRequest) -> HttpResponse:
    return _answer(request, internal_error(), "500.html")
