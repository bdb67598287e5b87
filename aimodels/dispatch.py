"""
The ASGI dispatcher: plain ASGI routes and WebSockets go to their app, everything else to Django.

Importing this module loads models.yaml, because it is a server's entry point: a bad file stops the
start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from aimodels import background, errors, programs
from aimodels.django_threads import QueuedDjango
from aimodels.not_found import form_for, wrong_address
from aimodels.routes import API, ASK_MODELS, ROUTES, counted
from chat.routing import SOCKETS as CHAT_SOCKETS
from core import metrics
from core.database.threads import deadlines
from core.errors import PortalError
from core.http.envelope import request_id
from core.http.exchange import Exchange, too_large
from core.http.hosts import host_allowed
from core.http.tasks import restarting, tasks
from core.logs.requests import Entry, logged, wanted
from core.text import quote
from doors import azure
from registry.pages.events import EventsSocket
from registry.state.service import service
from registry.workers.worker import worker
from workflow.sources.loaded import sources

if TYPE_CHECKING:
    from core.http.exchange import Application, Line, Receive, Scope, Send

SOCKETS: dict[str, Any] = {**CHAT_SOCKETS, "/ws/events/": EventsSocket.as_asgi()}
CLOSE = (b"connection", b"close")

deadlines.on = True
sources()  # a mistake in its file stops the start, too
service.ensure_loaded()
worker.join()
WORKER = (b"x-worker", worker.id.encode())


class Dispatcher:
    """The ASGI application. `django` serves what is neither a plain route nor a WebSocket."""

    def __init__(self, django: Any) -> None:
        self.django = QueuedDjango(django)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        background.start()
        if scope["type"] == "http":
            await (self._logged if wanted() else self.http)(scope, receive, send)
        elif scope["type"] == "websocket":
            socket = SOCKETS.get(scope["path"])
            await (socket(scope, receive, send) if socket else send({"type": "websocket.close"}))
        else:
            raise ValueError(f"The portal does not serve the ASGI scope type {scope['type']}.")

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, and write its line into the log."""
        route = counted(scope["path"])
        scope = {**scope, "request_id": _request_id(dict(scope["headers"]))}
        with logged(Entry(scope["request_id"], scope["method"], route)) as current:

            async def watched(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    current.status = message["status"]
                await send(message)

            await self.http(scope, receive, watched)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])  # the last of each name; Exchange checks for repeats
        identifier = scope.get("request_id") or _request_id(headers)
        scope = {**scope, "request_id": identifier, "by_name": headers}
        if (path := scope["path"])[-1:] == "/" or "//" in path:
            scope["path"] = programs.tidy(path)
        send = _with_portal_headers(scope, send)
        if refusal := _refusal(scope):
            await _refuse(scope, receive, send, refusal)
        elif scope["method"] == "OPTIONS" and scope["path"].startswith(API):
            await Exchange(scope, receive, send).empty(204, _options(scope))
        elif route := ROUTES.get(scope["path"]) or _azure(scope):
            scope["asks_models"] = scope["path"] in ASK_MODELS
            await route(scope, receive, send)
        else:
            await self._django(scope, receive, send)

    async def _django(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.django(scope, receive, send)
        except PortalError as error:
            if error.code in errors.BUSY and programs.wants_page(scope):
                return await errors.busy(error, scope, send)
            await _refuse(scope, receive, send, error)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: PortalError) -> None:
    """Answer with an error in the form of the API that was called, and close the connection."""
    await Exchange(scope, receive, send, form_for(scope["path"])).fail(error, CLOSE)


def _azure(scope: Scope) -> Application | None:
    """Return the application for a path in Azure's form. The rest of /openai/v1 is Django's."""
    if not scope["path"].startswith("/openai/"):
        return None
    scope["path"], scope["deployment"] = azure.read(scope["path"])
    return azure.ROUTES.get(scope["path"]) or ROUTES.get(scope["path"])


def _request_id(headers: dict[bytes, bytes]) -> str:
    """Return the caller's request ID, or a new ID if it is missing or invalid."""
    value = headers.get(b"x-request-id")
    return request_id(value.decode("latin-1") if value else None)


def _options(scope: Scope) -> list[Line]:
    methods = ["POST"] if scope["path"] in ROUTES else ["GET", "HEAD", "POST"]
    return programs.options_lines(scope["by_name"], methods, scope["path"])


def _wrong_host(host: str) -> str:
    return (
        f"The host {quote(host, 100)} is not one of ALLOWED_HOSTS. Is this the right portal?"
        " If so, an operator adds the host there."
    )


def _refusal(scope: Scope) -> PortalError | None:
    """Return the error for a request that is refused before routing, or None."""
    headers = scope["by_name"]
    host = headers.get(b"host", b"").decode("latin-1")
    if scope["path"].startswith(API) and not host_allowed(host):
        return PortalError("invalid_request", _wrong_host(host))
    if tasks.stopping and scope["path"].startswith(API):
        return restarting()
    if scope["path"] not in ROUTES and (error := wrong_address(headers, scope["path"])):
        return error
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) <= settings.MAX_BODY_BYTES:
        return None
    limit = programs.body_limit(scope["path"])
    return too_large(limit) if int(length) > limit else None


def _with_portal_headers(scope: Scope, send: Send) -> Send:
    """Return a `send` that adds X-Request-ID and X-Worker to the response, and counts it."""
    headers = [(b"x-request-id", scope["request_id"].encode()), WORKER]
    if settings.CORS_ALLOWED_ORIGINS and scope["method"] != "OPTIONS":
        headers += programs.cors_lines(scope["by_name"], scope["path"])

    async def send_with_headers(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            metrics.answers(counted(scope["path"]), message["status"]).inc()
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return send_with_headers
