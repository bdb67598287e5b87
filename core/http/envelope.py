"""
What every HTTP response of the API shares: the error envelope, the request ID and the headers.

An error is `{"error": {"message", "type", "code", "param", "request_id"}}`, which is OpenAI's
envelope, on DRF, Django and plain ASGI routes alike. After a model was chosen it has `resolution`,
and `provider` if that refused: what it said. Routes that speak another API have a Form of their
own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings
from django.http import JsonResponse

from core.errors import PortalError
from core.ids import new_id
from core.logs.requests import note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

# Sent with every response of the API; pages have another policy.
API_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
if settings.SECURE_HSTS_SECONDS:
    API_HEADERS["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"


def header_lines(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers in the form of ASGI."""
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


API_LINES = header_lines(API_HEADERS)


def request_id(header: str | None) -> str:
    """Return the caller's `X-Request-ID` if it is valid, else a new ID."""
    return header if header and _REQUEST_ID.fullmatch(header) else new_id()


def id_of(request: HttpRequest) -> str:
    """Return the ID that `aimodels.dispatch` gave to this request."""
    scope = getattr(request, "scope", None) or {}
    return scope.get("request_id") or request_id(request.headers.get("X-Request-ID"))


def envelope(error: PortalError, identifier: str) -> dict[str, Any]:
    """Return the body of an error response."""
    body: dict[str, Any] = {
        "message": error.message,
        "type": error.kind.type,
        "code": error.code,
        "param": error.param,
        "request_id": identifier,
    }
    if error.provider is not None:
        body["provider"] = error.provider
    if error.resolution is not None:
        body["resolution"] = error.resolution
    return {"error": body}


def in_frame(error: PortalError, identifier: str) -> dict[str, Any]:
    """Return what an error frame of a socket holds: also `retry_after`, as it has no headers."""
    body = envelope(error, identifier)
    body["error"]["retry_after"] = error.retry_after
    return body


class Form:
    """How a route writes what no handler writes: errors, streams and their heartbeats.

    This is OpenAI's form. A heartbeat has no blank line: some clients take that for the end of an
    event, and this for an empty one. With `any_media_type` a program need not declare its JSON.
    """

    any_media_type = False
    media_type = b"text/event-stream; charset=utf-8"
    id_header = b""  # names the request's ID in this API's own way, beside X-Request-ID
    heartbeat = b": waiting\n"

    def error(self, error: PortalError, identifier: str) -> dict[str, Any]:
        """Return the body of an error response."""
        return envelope(error, identifier)

    def of(self, stream: object) -> Form:
        """Return the form of the rest of a body, once `stream` writes it."""
        return self

    def last_event(self, error: PortalError, identifier: str) -> bytes:
        """Return what ends a stream that broke off."""
        return b"data: " + msgspec.json.encode(self.error(error, identifier)) + b"\n\n"


OPENAI_FORM = Form()


def error_headers(error: PortalError) -> dict[str, str]:
    """Return the headers of an error response."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if not error.retry:  # otherwise OpenAI's clients retry 409, 429 and 5xx
        headers["x-should-retry"] = "false"
    if error.code == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def to_response(error: PortalError, request: HttpRequest, form: Form = OPENAI_FORM) -> JsonResponse:
    """Return Django's response for `error`, in the form of an API."""
    note(outcome=error.code)
    identifier = id_of(request)
    headers = {**API_HEADERS, **error_headers(error)}
    if form.id_header:
        headers[form.id_header.decode()] = identifier
    body = form.error(error, identifier)
    return JsonResponse(body, status=error.kind.status, headers=headers)
