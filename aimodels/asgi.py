"""
The ASGI application: routes that wait for a model come first, then Django.

The registry is read here, because this module is a server's entry point: a bad models.yaml stops
the start.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimodels.settings")
DJANGO: Any = get_asgi_application()

from django.conf import settings  # noqa: E402 — Django must be set up first

from chat.routes import ROUTES as CHAT  # noqa: E402
from registry.exchange import Exchange, too_large  # noqa: E402
from registry.health import monitor  # noqa: E402
from registry.http import request_id  # noqa: E402
from registry.service import service  # noqa: E402
from registry.work import restarting, work  # noqa: E402

if TYPE_CHECKING:
    from registry.errors import PortalError
    from registry.exchange import Application, Receive, Scope, Send

ROUTES: dict[str, Application] = {**CHAT}
service.load()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        monitor.start()  # at the first request, in the process that serves: no server forks later
        identifier, send = _identified(scope, send)
        scope = {**scope, "request_id": identifier}
        if refusal := _refusal(scope):
            return await Exchange(scope, receive, send).fail(refusal, {"Connection": "close"})
        route = ROUTES.get(scope["path"])
        await (route or DJANGO)(scope, receive if route else _capped(receive), send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    else:
        raise ValueError(f"The portal does not speak {scope['type']}.")


def _refusal(scope: Scope) -> PortalError | None:
    """Return why no route may see this request, if so."""
    if work.stopping and scope["path"].startswith("/v1/"):
        return restarting()
    length = next((v for name, v in scope["headers"] if name == b"content-length"), b"0")
    limit = settings.MAX_BODY_BYTES
    return too_large(limit) if length.isdigit() and int(length) > limit else None


def _capped(receive: Receive) -> Receive:
    """Return `receive` for Django, which would store a body of unknown length without bound."""
    size = 0

    async def capped() -> dict[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return message if size <= settings.MAX_BODY_BYTES else {"type": "http.disconnect"}

    return capped


def _identified(scope: Scope, send: Send) -> tuple[str, Send]:
    """Return the request's ID, and a `send` that puts it into the answer's headers."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
    identifier = request_id(given.decode("latin-1") if given else None)

    async def send_with_id(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            header = (b"x-request-id", identifier.encode())
            message = {**message, "headers": [*message["headers"], header]}
        await send(message)

    return identifier, send_with_id
