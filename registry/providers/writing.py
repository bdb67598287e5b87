"""What the wire formats write requests with."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import PortalError
from registry.providers.wire import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.providers.wire import Target


def address(base_url: str, path: str) -> str:
    """Return the address of a route. A base URL may have a query: `…/name?api-version=1`."""
    root, mark, query = base_url.partition("?")
    return f"{root}{path}{mark}{query}"


def bearer(key: str) -> Mapping[str, str]:
    """Return the key as most servers read it."""
    return {"Authorization": f"Bearer {key}"} if key else {}


def get(target: Target, path: str) -> Request:
    return Request("GET", address(target.base_url, path), target.headers)


def post(target: Target, path: str, body: Mapping[str, Any]) -> Request:
    """Return a JSON POST. Raises PortalError `invalid_request` for text that is not Unicode."""
    try:
        data = msgspec.json.encode(body)
    except (UnicodeEncodeError, ValueError, TypeError):
        raise PortalError("invalid_request", "The body holds text that is not Unicode.") from None
    return Request("POST", address(target.base_url, path), target.headers, data)


def image_bytes(url: str) -> str:
    """Return the base64 part of a `data:` URL. Raises PortalError `invalid_request`."""
    head, comma, data = url.partition(",")
    if comma and head[:5].lower() == "data:" and head.lower().endswith(";base64"):
        data = "".join(data.split())  # some encoders break lines
        try:
            base64.b64decode(data, validate=True)
        except ValueError:
            pass
        else:
            return data
    raise PortalError(
        "invalid_request", "An image or a file must be a data: URL in base64.", param="messages"
    )
