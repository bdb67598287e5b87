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

from aimodels import background  # noqa: E402
from chat import routing as chat  # noqa: E402
from core import metrics  # noqa: E402
from core.errors import PortalError  # noqa: E402
from core.http.envelope import host_allowed, request_id  # noqa: E402
from core.http.exchange import Exchange, too_large  # noqa: E402
from core.http.tasks import restarting, work  # noqa: E402
from registry.api.urls import urlpatterns  # noqa: E402
from registry.pages.events import EventsSocket  # noqa: E402
from registry.state.service import service  # noqa: E402
from registry.workers.worker import worker  # noqa: E402
from workflow import routing as workflow  # noqa: E402
from workflow.sources.loaded import sources  # noqa: E402

if TYPE_CHECKING:
    from core.http.exchange import Application, Receive, Scope, Send

ROUTES: dict[str, Application] = {**chat.ROUTES, **workflow.ROUTES}
SOCKETS: dict[str, Any] = {**chat.SOCKETS, "/ws/events/": EventsSocket.as_asgi()}
# The routes that metrics tell apart: a fixed set, because anybody can ask for any path.
COUNTED = {*ROUTES, *(f"/{one.pattern}" for one in urlpatterns if "<" not in str(one.pattern))}
sources()  # as the models below: a mistake in its file stops the start
service.current  # noqa: B018 — reads the file, unless `manage.py serve` did
worker.join()
WORKER = (b"x-worker", worker.id.encode())
CLOSE = (b"connection", b"close")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        background.start()
        by_name = dict(scope["headers"])  # the last of each; what must stand once is checked there
        identifier, send = _watched(scope, by_name, send)
        scope = {**scope, "request_id": identifier, "by_name": by_name}
        if refusal := _refusal(scope):
            return await Exchange(scope, receive, send).fail(refusal, CLOSE)
        route = ROUTES.get(scope["path"])
        if route:
            return await route(scope, receive, send)
        try:
            await DJANGO(scope, _capped(receive), send)
        except PortalError as error:
            await Exchange(scope, receive, send).fail(error, CLOSE)
    elif scope["type"] == "websocket":
        background.start()
        socket = SOCKETS.get(scope["path"])
        await (socket(scope, receive, send) if socket else send({"type": "websocket.close"}))
    else:
        raise ValueError(f"The portal does not speak {scope['type']}.")


def _refusal(scope: Scope) -> PortalError | None:
    """Return why no route may see this request, if so."""
    headers = scope["by_name"]
    host = headers.get(b"host", b"").decode("latin-1")
    if scope["path"].startswith("/v1/") and not host_allowed(host):
        return PortalError("invalid_request", "This Host is not one of ALLOWED_HOSTS.")
    if work.stopping and scope["path"].startswith("/v1/"):
        return restarting()
    length = headers.get(b"content-length", b"0")
    limit = settings.MAX_BODY_BYTES
    return too_large(limit) if length.isdigit() and int(length) > limit else None


def _capped(receive: Receive) -> Receive:
    """Return `receive` for Django, which would store a body of unknown length without bound.

    What it raises passes through Django, which reads the body before it looks at anything.
    """
    size = 0

    async def capped() -> dict[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > settings.MAX_BODY_BYTES:
            raise too_large(settings.MAX_BODY_BYTES)
        return message

    return capped


def _watched(scope: Scope, headers: dict[bytes, bytes], send: Send) -> tuple[str, Send]:
    """Return the request's ID, and a `send` that puts it into the answer, which it counts."""
    given = headers.get(b"x-request-id")
    identifier = request_id(given.decode("latin-1") if given else None)

    async def send_with_id(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            route = scope["path"] if scope["path"] in COUNTED else "other"
            metrics.answers(route, message["status"]).inc()
            told = [(b"x-request-id", identifier.encode()), WORKER]
            message["headers"] = [*message["headers"], *told]
        await send(message)

    return identifier, send_with_id
