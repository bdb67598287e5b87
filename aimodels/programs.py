"""
What programs meet beside the routes: paths as they write them, and CORS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings

from aimodels.routes import API

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest

    from core.http.exchange import Line, Scope

AUDIO = ("/audio/transcriptions", "/audio/translations")  # how paths end that take sound
ATTACHMENTS = "/chat/attachments"  # which takes files
EXPOSED = (
    b"retry-after, server-timing, x-attempts, x-dropped, x-identifiers, x-model, "
    b"x-model-deprecated, x-model-listed, x-receipt, x-request-id, x-resolved-by, x-revision, "
    b"x-server, x-should-retry, x-worker"
)
MAX_AGE = b"600"  # seconds for which browsers keep the answer to OPTIONS


def tidy(path: str) -> str:
    """Return a path of the API without doubled slashes and without one at its end.

    An ID of a model may hold any slashes, so that the rest of `/v1/models/…` stays as it is.
    """
    single = re.sub(r"/{2,}", "/", path)
    if single == "/mcp/":
        return "/mcp"
    if not single.startswith(("/v1/", "/v2/", "/api/")) or single.startswith("/v1/models/"):
        return "/v1/models" if single == "/v1/models/" else path
    return single.rstrip("/")


def body_limit(path: str) -> int:
    """Return the bytes that a request to `path` may have."""
    if path == ATTACHMENTS:
        return int(settings.MAX_UPLOAD_BYTES)
    is_audio = path.startswith(API) and path.endswith(AUDIO)
    return int(settings.MAX_AUDIO_BYTES if is_audio else settings.MAX_BODY_BYTES)


def is_program(request: HttpRequest) -> bool:
    """Does `request` come from a program? Browsers ask for pages, or have cookies."""
    return "text/html" not in request.headers.get("Accept", "").lower() and not request.COOKIES


def wants_page(scope: Scope) -> bool:
    """As `is_program`, for a request of ASGI: does it come from a browser that shows a page?"""
    headers = scope["by_name"]
    page = b"text/html" in headers.get(b"accept", b"").lower() or b"cookie" in headers
    return page and not scope["path"].startswith(API)


def cors_lines(headers: Mapping[bytes, bytes], path: str) -> list[Line]:
    """Return the headers that let a page of another origin read a response of the API.

    Never with credentials: such a page needs a token.
    """
    origin = headers.get(b"origin", b"")
    if not path.startswith(API) or not settings.CORS_ALLOWED_ORIGINS:
        return []
    lines = [(b"vary", b"Origin")]
    if origin.decode("latin-1") in settings.CORS_ALLOWED_ORIGINS:
        lines += [
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", EXPOSED),
        ]
    return lines


def options_lines(headers: Mapping[bytes, bytes], methods: Iterable[str], path: str) -> list[Line]:
    """Return the headers of the answer to OPTIONS, also to the question before a CORS request."""
    allowed = ", ".join([*methods, "OPTIONS"]).encode()
    lines = [(b"allow", allowed), *cors_lines(headers, path)]
    if any(name == b"access-control-allow-origin" for name, _ in lines):
        wanted = headers.get(b"access-control-request-headers", b"authorization, content-type")
        lines += [
            (b"access-control-allow-methods", allowed),
            (b"access-control-allow-headers", wanted[:1000]),
            (b"access-control-max-age", MAX_AGE),
        ]
    return lines
