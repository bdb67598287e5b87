"""
What every HTTP route shares: the error envelope, the request's ID, hosts, JSON, and its limits.

An error is `{"error": {"message", "type", "code", "param", "request_id", "resolution"?}}` on DRF,
Django and plain ASGI routes alike: OpenAI's envelope.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from django.conf import settings
from django.http import JsonResponse
from django.http.request import split_domain_port, validate_host

from core.errors import PortalError
from core.text import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

T = TypeVar("T")
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 — compared with, not bound to
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_EXPECTED = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)

# Sent with every answer of the API; pages have a policy of their own.
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
    """Return headers as ASGI has them."""
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


API_LINES = header_lines(API_HEADERS)


def request_id(given: str | None) -> str:
    """Return the caller's own request ID if it is sane, else a new one."""
    return given if given and _REQUEST_ID.fullmatch(given) else new_id()


def id_of(request: HttpRequest) -> str:
    """Return the ID that `aimodels.asgi` gave to this request."""
    scope = getattr(request, "scope", None) or {}
    return scope.get("request_id") or request_id(request.headers.get("X-Request-ID"))


def address_of(request: HttpRequest) -> str | None:
    """Return the caller's address: the last in TRUSTED_ADDRESS_HEADER, if a proxy sets that."""
    given = request.headers.get(settings.TRUSTED_ADDRESS_HEADER or "", "")
    # A proxy appends the address that it saw; what stands before it is the caller's own word.
    return given.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR") or None


def envelope(error: PortalError, identifier: str) -> dict[str, Any]:
    """Return the body of an error's answer."""
    body: dict[str, Any] = {
        "message": error.message,
        "type": error.kind.type,
        "code": error.code,
        "param": error.param,
        "request_id": identifier,
    }
    if error.resolution is not None:
        body["resolution"] = error.resolution
    return {"error": body}


def error_headers(error: PortalError) -> dict[str, str]:
    """Return the headers of an error's answer."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if not error.retry:  # OpenAI's clients repeat 409, 429 and 5xx unless told not to
        headers["x-should-retry"] = "false"
    if error.code == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def to_response(error: PortalError, request: HttpRequest) -> JsonResponse:
    """Return Django's response for `error`."""
    headers = {**API_HEADERS, **error_headers(error)}
    return JsonResponse(envelope(error, id_of(request)), status=error.kind.status, headers=headers)


def base_url(host: str, port: int) -> str:
    """Return the address under which a browser on this machine reaches `host`:`port`."""
    shown = "localhost" if host in EVERYWHERE else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def host_allowed(host: str) -> bool:
    """Is the `Host` header's value one of ALLOWED_HOSTS?"""
    return _host_allowed(host, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=256)
def _host_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


# ── JSON ────────────────────────────────────────────────────────────────────────────────────


def read_json(data: bytes) -> dict[str, Any]:
    """Return the JSON object in `data`. Raises PortalError `invalid_request`.

    Refused beside bad syntax: duplicate keys, NaN, numbers that overflow, lone surrogates, deep
    nesting, and anything but an object.
    """
    try:
        value = msgspec.json.decode(data)
        _pairs.decode(data.decode())  # msgspec keeps the last of two equal keys
    except RecursionError:
        raise PortalError("invalid_request", "The body is nested too deep.") from None
    except (msgspec.MsgspecError, ValueError) as error:
        reason = str(error) if isinstance(error, _DuplicateError) else "it is not valid JSON"
        raise PortalError("invalid_request", f"The body cannot be read: {reason}.") from None
    if not isinstance(value, dict):
        raise PortalError("invalid_request", "The body must be a JSON object.")
    return value


def check_media_type(value: str) -> None:
    """Raise PortalError `unsupported_media_type` unless a `Content-Type` says JSON in UTF-8."""
    media, _, parameters = value.lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if media.strip() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise PortalError("unsupported_media_type", "Send JSON: Content-Type: application/json.")


class _DuplicateError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) > 1 and len({key for key, _ in pairs}) < len(pairs):
        raise _DuplicateError("a key stands twice in one object")


_pairs = json.JSONDecoder(object_pairs_hook=_unique)


def check_types(value: dict[str, Any], shape: type[T]) -> T:
    """Return `value` as `shape`. Raises PortalError `invalid_request`, which names the field."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        found = _EXPECTED.match(str(error))
        what, path = (found["what"], found["path"] or "") if found else (str(error), "")
        path = path.removeprefix(".")
        name = path or _named(what)
        message = f"{path}: {what}." if path else f"{what}."
        raise PortalError("invalid_request", message, param=name) from None
    except RecursionError:
        raise PortalError("invalid_request", "The body is nested too deep.") from None


def _named(what: str) -> str | None:
    """Return the field in "Object missing required field `x`"."""
    found = re.search(r"field `([^`]+)`", what)
    return found[1] if found else None
