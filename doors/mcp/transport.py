"""
One request in the package's transport, without a session: streamable HTTP, all versions.

Importing this module imports the `mcp` package.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from django.conf import settings
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import PROTOCOL_VERSION_META_KEY
from mcp_types.version import KNOWN_PROTOCOL_VERSIONS

from core.errors import PortalError
from core.text import listing, quote
from doors.mcp.server import EXCHANGE, server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.http.exchange import Exchange, Line, Receive

    Send = Callable[[Any], Awaitable[None]]

BOTH = (b"accept", b"application/json, text/event-stream")
REPLACED = (b"cache-control", b"connection")  # the portal's own stay


async def answer(exchange: Exchange) -> None:
    """Answer the exchange's body. Cancelling this stops the tool that runs.

    A manager for each request: its tasks then belong to this one, and end with it. Heartbeats are
    the package's, every 15 seconds: it has no setting for them, and the newest version of the
    protocol may answer in plain JSON until the first one, so that no one else can begin a stream.
    """
    _check_version(exchange)
    manager = StreamableHTTPSessionManager(
        server(),
        json_response=not _takes_streams(exchange),
        stateless=True,
        max_request_body_size=settings.MAX_BODY_BYTES,
    )
    headers = [line for line in exchange.scope["headers"] if line[0] != b"accept"]
    scope = {**exchange.scope, "headers": [*headers, BOTH], EXCHANGE: exchange}
    async with manager.run():
        await manager.handle_request(scope, _body(exchange), _sender(exchange))


def _check_version(exchange: Exchange) -> None:
    """Raise PortalError `invalid_request` if the header names no version that is served.

    A message that itself names its version is answered by the package, as such clients expect.
    """
    header = exchange.headers.get(b"mcp-protocol-version")
    version = header.decode("latin-1") if header is not None else KNOWN_PROTOCOL_VERSIONS[0]
    is_inside = PROTOCOL_VERSION_META_KEY.encode() in exchange.data
    if version not in KNOWN_PROTOCOL_VERSIONS and not is_inside:
        served = listing(KNOWN_PROTOCOL_VERSIONS)
        message = f"{quote(version)} is no version of the protocol that is served: {served}."
        raise PortalError("invalid_request", message)


def _takes_streams(exchange: Exchange) -> bool:
    """Does the caller take events? The package refuses callers that do not name both types."""
    accept = exchange.headers.get(b"accept", b"") or b"*/*"
    return any(name in accept for name in (b"*/*", b"text/*", b"text/event-stream"))


def _body(exchange: Exchange) -> Receive:
    """Return a `receive` that has the body. The exchange itself notices that a caller leaves."""
    parts = [{"type": "http.request", "body": exchange.data, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return parts.pop() if parts else await asyncio.get_running_loop().create_future()

    return receive


def _sender(exchange: Exchange) -> Send:
    """Return a `send` that adds the portal's headers."""

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            lines: list[Line] = list(message["headers"])
            kept = [line for line in lines if line[0].lower() not in REPLACED]
            await exchange.start(message["status"], kept)
        else:
            await exchange.send(message)

    return send
