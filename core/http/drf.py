"""
The portal's rules as classes of Django REST framework: authentication, permission, throttle,
parser and errors.
"""

from __future__ import annotations

import logging
from typing import IO, TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from core.addresses import address_of
from core.auth.credentials import read_credentials
from core.auth.lookups import known
from core.auth.principals import look_up
from core.auth.uses import check_use
from core.database.outages import report
from core.errors import PortalError, wrong_method
from core.http import body
from core.http.envelope import id_of, to_response
from core.http.exchange import too_large
from core.http.same_site import require_origin
from core.limits.limiter import limiter
from core.logs.requests import note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rest_framework.request import Request
    from rest_framework.views import APIView

    from core.auth.principals import Principal

logger = logging.getLogger(__name__)


class PortalAuthentication(SessionAuthentication):
    """Bearer token or session; `request.auth` is the Principal."""

    def authenticate(self, request: Request) -> tuple[Any, Principal]:
        headers = request.META
        credentials = read_credentials(
            headers.get("HTTP_AUTHORIZATION"),
            headers.get("HTTP_COOKIE", ""),
            (headers.get("HTTP_X_API_KEY") or headers.get("HTTP_API_KEY") or "").strip(),
        )
        principal = look_up(credentials)
        check_use(principal, lambda: address_of(request._request) or "")
        known.put(credentials.key, principal.limit_key)
        note(person=principal.limit_key)
        if principal.by_session and request.method not in ("GET", "HEAD"):
            require_origin(request._request)
            self.enforce_csrf(request)
        return principal.user, principal

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def principal_of(request: Request) -> Principal:
    """Return who sent `request`, which must be authenticated."""
    return cast("Principal", request.auth)


class IsOperator(BasePermission):
    """Those who hold `registry.operate`."""

    message = (
        "This is for operators: users with the permission registry.operate, and their tokens with "
        "the scope operate."
    )

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.auth is not None and principal_of(request).operator


class PortalThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.auth is not None:
            limiter.request_blocking(principal_of(request).payer)
        return True


class JSONOnly(BaseContentNegotiation):
    """Responds with JSON whatever `Accept` says, so that errors always have a body."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        body.check_media_type(request.content_type or "")
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class StrictJSONParser(BaseParser):
    """JSON objects only, by the rules of `body.read_json`, up to MAX_BODY_BYTES."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        limit = settings.MAX_BODY_BYTES
        data = stream.read(limit + 1)
        if len(data) > limit:
            raise too_large(limit)
        return body.read_json(data)


BY_STATUS = {400: "invalid_request", 401: "unauthenticated", 403: "permission_denied",
             404: "not_found", 405: "method_not_allowed",
             415: "unsupported_media_type", 429: "rate_limited"}  # fmt: skip


def exception_handler(error: Exception, context: dict[str, Any]) -> JsonResponse:
    """Return the response for an exception that a view raised."""
    request = context["request"]
    if isinstance(error, exceptions.MethodNotAllowed):
        return to_response(wrong_method(context["view"].allowed_methods), request._request)
    if known := to_portal_error(error):
        return to_response(known, request._request)
    what = "%s failed (request %s)"
    unexpected = report(error, logger, what, request.path, id_of(request._request))
    response = to_response(unexpected, request._request)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response


def to_portal_error(error: Exception) -> PortalError | None:
    """Return what callers learn of an error that views raise on purpose, or None."""
    if isinstance(error, PortalError):
        return error
    if isinstance(error, Http404):
        return PortalError("not_found", "There is no such address.")
    if isinstance(error, PermissionDenied):
        return PortalError("permission_denied", "You may not do this.")
    if isinstance(error, exceptions.APIException):
        code = BY_STATUS.get(error.status_code, "internal_error")
        return PortalError(code, str(error.detail))
    return None
