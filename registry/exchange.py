"""
A plain ASGI route: one request, its checks, and its answer, without a thread.

    async def chat(exchange: Exchange) -> None: ...
    ROUTES = {"/v1/…": post(chat)}

`post` makes an ASGI application of a handler: it checks caller, limits, method, media type and
size before the handler runs, turns PortalError into an answer, and cancels the handler as
soon as the caller leaves, which closes the connection to the provider.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings

from registry import auth, http
from registry.errors import PortalError, internal_error
from registry.limits import rate_limit
from registry.work import restarting, work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from registry.auth import Principal

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]
    Handler = Callable[["Exchange"], Awaitable[None]]

logger = logging.getLogger(__name__)
LARGE = 256 * 1024
SINGLE = (b"host", b"content-type", b"content-length", b"origin")  # headers that must not repeat


class CallerLeftError(Exception):
    """The caller closed the connection. There is nobody to answer."""


class Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.path: str = scope["path"]
        self.id: str = scope["request_id"]
        self.principal: Principal
        self.data = b""
        self.started = False

    async def read(self) -> None:
        """Read the body. Raises PortalError `payload_too_large`, CallerLeftError."""
        parts, size, limit = [], 0, settings.MAX_BODY_BYTES
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise CallerLeftError
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise too_large(limit)
            if not message.get("more_body"):
                self.data = b"".join(parts)
                return

    async def json(self) -> dict[str, Any]:
        """Return the body as a JSON object. Raises PortalError `invalid_request`."""
        if len(self.data) > LARGE:  # it may take seconds, during which others are served
            return await asyncio.to_thread(http.read_json, self.data)
        return http.read_json(self.data)

    async def answer(
        self, body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a whole JSON answer."""
        data = msgspec.json.encode(body)
        length = {"Content-Type": "application/json", "Content-Length": str(len(data))}
        await self.start(status, {**length, **(headers or {})})
        await self.send({"type": "http.response.body", "body": data})

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status line and the headers."""
        self.started = True
        await self.send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (name.lower().encode(), value.encode("latin-1"))
                    for name, value in {**http.API_HEADERS, **headers}.items()
                ],
            }
        )

    async def write(self, data: bytes, *, more: bool = True) -> None:
        """Send a piece of the body."""
        await self.send({"type": "http.response.body", "body": data, "more_body": more})

    async def fail(self, error: PortalError, headers: Mapping[str, str] | None = None) -> None:
        """Send `error`: as the answer, or as the last event of a stream that has begun."""
        body = http.envelope(error, self.id)
        if self.started:
            await self.write(b"data: " + msgspec.json.encode(body) + b"\n\n", more=False)
        else:
            found = {**http.error_headers(error), **(headers or {})}
            await self.answer(body, error.kind.status, found)


def too_large(limit: int) -> PortalError:
    return PortalError("payload_too_large", f"The body is over {limit} bytes.")


def post(handler: Handler) -> Application:
    """Return the ASGI application that serves POST with `handler`."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        try:
            await _serve(exchange, handler)
        except CallerLeftError:
            pass
        except PortalError as error:
            await exchange.fail(error)
        except Exception:
            logger.exception("%s failed (request %s)", exchange.path, exchange.id)
            await exchange.fail(internal_error())

    return application


async def _serve(exchange: Exchange, handler: Handler) -> None:
    names = [name for name, _ in exchange.scope["headers"] if name in SINGLE]
    if len(names) > len(set(names)):
        raise PortalError("invalid_request", "A header that must stand once stands twice.")
    exchange.principal = await auth.authenticate(exchange.scope["headers"])
    rate_limit.check(exchange.principal.limit_key)
    if exchange.scope["method"] != "POST":
        error = PortalError("method_not_allowed", "This route does not take this method.")
        return await exchange.fail(error, {"Allow": "POST"})
    http.check_media_type(exchange.headers.get(b"content-type", b"").decode("latin-1"))
    if exchange.principal.by_session:
        auth.check_same_site(exchange.scope)
    await exchange.read()
    await _while_caller_stays(exchange, handler(exchange))


async def _while_caller_stays(exchange: Exchange, answer: Awaitable[None]) -> None:
    """Await `answer`, but cancel it when the caller leaves. Raises CallerLeftError then.

    Raises PortalError `server_restarting` when the server stops before the answer is done.
    """
    task = work.start(answer)
    watcher = asyncio.ensure_future(_left(exchange.receive))
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise CallerLeftError
        if task.cancelled():
            raise restarting() if work.stopping else internal_error()
        task.result()
    finally:
        for unfinished in (task, watcher):
            unfinished.cancel()
        await asyncio.gather(task, watcher, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
