"""Django's own errors: in the form of the API that was called, as pages elsewhere."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_noop

from aimodels.middleware import POLICY
from aimodels.not_found import form_for, no_such_address
from aimodels.programs import is_program
from aimodels.routes import API
from core.database.outages import is_outage, report
from core.errors import PortalError, internal_error
from core.http.envelope import API_HEADERS, error_headers, header_lines, id_of, to_response
from core.http.language import language_of
from core.plain_errors import message_of

if TYPE_CHECKING:
    from core.http.exchange import Scope, Send

logger = logging.getLogger(__name__)
BUSY = {"overloaded": "503.html", "rate_limited": "limited.html"}  # codes, and their pages


def limited(request: HttpRequest, error: PortalError) -> HttpResponse:
    return _answer(request, error, "limited.html")


def _answer(request: HttpRequest, error: PortalError, template: str) -> HttpResponse:
    if request.path.startswith(API) or is_program(request):
        return to_response(error, request, form_for(request.path))
    context = {"error": error, "message": message_of(error), "request_id": id_of(request)}
    response = render(request, template, context, status=error.kind.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


async def busy(error: PortalError, scope: Scope, send: Send) -> None:
    """Send the page of an error of BUSY, outside of Django."""
    with translation.override(language_of(dict(scope["headers"]))):
        context = {"error": error, "message": message_of(error)}
        page = render_to_string(BUSY[error.code], context).encode()
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
            request,
            PortalError("payload_too_large", gettext_noop("The request is too large.")),
            "400.html",
        )
    error = PortalError(
        "invalid_request",
        gettext_noop("The request is not valid, or its Host is not one of ALLOWED_HOSTS."),
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
    """Answer a request that failed: Django calls this while it handles the exception."""
    error = sys.exc_info()[1]
    if not isinstance(error, Exception) or not is_outage(error):
        return _answer(request, internal_error(), "500.html")
    request.user = AnonymousUser()  # the page must not ask the database who this is
    outage = report(error, logger, "%s failed (request %s)", request.path, id_of(request))
    response = _answer(request, outage, "unavailable.html")
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response
