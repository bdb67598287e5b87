"""
One request in the package's transport, without a session: streamable HTTP, all versions.

Importing this module imports the `mcp` package.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from django.conf import settings
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

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


def _takes_streams(exchange: Exchange) -> bool:
    """Does the caller take events? The package refuses callers that do not name both types."""
    accept = exchange.headers.get(b"accept", b"") or b"*/*"
    return b"*/*" in accept or b"text/event-stream" in accept


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
