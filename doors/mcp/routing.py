"""The path of the protocol: the portal's checks, then the package's transport."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from core.errors import PortalError
from core.http.body import BYTE_ORDER_MARK, check_types
from core.http.exchange import post
from doors.mcp.form import McpForm

if TYPE_CHECKING:
    from core.http.exchange import Exchange

TRANSPORT = "doors.mcp.transport"


class Message(msgspec.Struct):
    """What each message has. The package would take one with a wrong ID, and never answer it."""

    jsonrpc: Literal["2.0"]
    id: int | str | None = None
    method: str | None = None
    params: dict[str, Any] | None = None


async def handle(exchange: Exchange) -> None:
    """Answer one message of the protocol."""
    check_origin(exchange)
    check_types(await exchange.json(), Message)  # stricter than the package, and in our form
    exchange.data = exchange.data.removeprefix(BYTE_ORDER_MARK)
    transport = await asyncio.to_thread(import_module, TRANSPORT)  # the first time it takes long
    await transport.answer(exchange)


def check_origin(exchange: Exchange) -> None:
    """Raise PortalError `permission_denied` if a page of another site sent the request.

    The protocol asks for this check, against pages whose host name leads to this machine. The Host
    header was checked before.
    """
    origin = exchange.headers.get(b"origin", b"").decode("latin-1")
    host = exchange.headers.get(b"host", b"").decode("latin-1")
    if origin and urlsplit(origin).netloc != host and origin not in settings.CORS_ALLOWED_ORIGINS:
        message = "Pages of this origin may not call the portal: it is not in CORS_ALLOWED_ORIGINS."
        raise PortalError("permission_denied", message)


FORM = McpForm()
ROUTES = {"/mcp": post(handle, FORM)}
