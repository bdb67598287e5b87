"""
A plain ASGI route: one request, its checks, and its answer, without a thread.

    async def chat(exchange: Exchange) -> None: ...
    ROUTES = {"/v1/…": post(chat)}

`post` turns a handler into an ASGI application: it checks caller, rate limit, method, media type
and size before the handler runs, turns PortalError into a response, and cancels the handler as soon
as the caller disconnects, which closes the connection to the provider.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings

from core import metrics
from core.auth.identity import authenticate
from core.auth.scopes import check_scope
from core.database.outages import report
from core.errors import PortalError, wrong_method
from core.http import body
from core.http.call import Call, hops, trace
from core.http.decoding import off_loop
from core.http.envelope import API_LINES, OPENAI_FORM, error_headers, header_lines
from core.http.form import Held, check_media_type
from core.http.same_site import check_navigation, check_same_site
from core.http.sign_in import sign_in_address
from core.http.tasks import restarting, tasks
from core.ids import as_uuid
from core.limits.held import SMALL, HeldBytes
from core.limits.limiter import limiter
from core.logs.requests import note

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable

    from core.auth.principals import Principal
    from core.http.envelope import Form

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]
    Handler = Callable[["Exchange"], Awaitable[None]]
    Line = tuple[bytes, bytes]

logger = logging.getLogger(__name__)
PIECE = 128 * 1024  # bytes of a whole response that are sent at once
JSON_LINE = (b"content-type", b"application/json")
POST, GET = ("POST",), ("GET", "HEAD")
DOWNLOAD = ("GET",)  # of a file, by a link on a page
SINGLE = (b"host", b"content-type", b"content-length", b"origin")  # may appear only once


class CallerLeftError(Exception):
    """The caller closed the connection, so there is no one to answer."""


class Exchange:
    """One request and its response, whose errors and streams have `form`."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, form: Form = OPENAI_FORM
    ) -> None:
        self.scope = scope
        self.form = form
        self.receive = receive
        self.send = send
        self.headers: dict[bytes, bytes] = scope["by_name"]
        self.path: str = scope["path"]
        hopped = hops(self.headers.get(b"x-portal-hops"))
        traced = trace(self.headers.get(b"traceparent"))
        self.call = Call(scope["request_id"], hopped, door=self.path, trace=traced)
        note(call=self.call)
        self.began = time.perf_counter()
        self.principal: Principal
        self.data = b""
        self.upload: Held | None = None  # of a route that takes forms with files
        self.held = HeldBytes()
        self.started = False

    @property
    def id(self) -> str:
        return self.call.id

    async def read(self) -> None:
        """Read the body. Raises CallerLeftError, and PortalError if it is too large."""
        parts, size = [], 0
        limit = settings.MAX_AUDIO_BYTES if self.upload else settings.MAX_BODY_BYTES
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise CallerLeftError
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise too_large(limit)
            if size > SMALL:
                self.hold(size - self.held.size)
            if self.upload:
                self.upload.add(len(parts[-1]))
            if not message.get("more_body"):
                self.data = b"".join(parts)
                return

    def hold(self, size: int) -> None:
        """Count bytes that stay in memory until the end. Raises PortalError `rate_limited`."""
        if size > SMALL or self.held.size:
            self.held.add(self.principal.payer.person, size)

    async def json(self) -> dict[str, Any]:
        """Return the body as a JSON object. Raises PortalError `invalid_request`."""
        return await off_loop(lambda: body.read_json(self.data), len(self.data))

    async def answer(
        self,
        body: dict[str, Any],
        status: int = 200,
        lines: Iterable[Line] = (),
        *,
        empties: bool = False,
    ) -> None:
        """Send a whole JSON response, with additional header lines.

        With `empties`, `body` is emptied as soon as it is encoded: its reader may be slow.
        """
        data = msgspec.json.encode(body)
        if empties:
            body.clear()
        if not self.started and status < 400:
            self.hold(len(data))
        length = (b"content-length", str(len(data)).encode())
        await self.start(status, [JSON_LINE, length, *lines])
        await self.write_whole(data)

    async def write_whole(self, data: bytes) -> None:
        """Send the whole body, a piece at a time: servers copy what is not read yet."""
        last = (len(data) - 1) // PIECE * PIECE
        for begin in range(0, last, PIECE):
            await self.write(data[begin : begin + PIECE])
        await self.write(data[last:] if last > 0 else data, more=False)

    async def start(self, status: int, lines: Iterable[Line]) -> None:
        """Send the status and the headers: these lines and those of every response."""
        self.started = True
        headers = [*API_LINES, *lines, *self.call.lines]
        if self.form.id_header:
            headers.append((self.form.id_header, self.id.encode()))
        if self.call.receipt:
            headers.append((b"x-receipt", as_uuid(self.call.receipt).encode()))
        if self.call.waited:
            headers.append(self._timing())
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    def _timing(self) -> Line:
        """Return the header that splits the time so far into the provider's and the portal's.

        Reference: https://www.w3.org/TR/server-timing/ (milliseconds)
        """
        ours = time.perf_counter() - self.began - self.call.waited
        metrics.own_time(self.path).observe(ours)
        timing = f"portal;dur={ours * 1e3:.2f}, provider;dur={self.call.waited * 1e3:.2f}"
        return b"server-timing", timing.encode()

    async def write(self, data: bytes, *, more: bool = True) -> None:
        """Send a piece of the body."""
        await self.send({"type": "http.response.body", "body": data, "more_body": more})

    async def empty(self, status: int, lines: Iterable[Line]) -> None:
        """Send a response without a body."""
        await self.start(status, lines)
        await self.write(b"", more=False)

    async def fail(self, error: PortalError, *lines: Line) -> None:
        """Send `error`: as the response, or as the last event if a stream has begun."""
        note(outcome=error.code)
        if self.started:
            await self.write(self.form.last_event(error, self.id), more=False)
        else:
            headers = header_lines(error_headers(error))
            body = self.form.error(error, self.id)
            await self.answer(body, error.kind.status, [*headers, *lines])


def too_large(limit: int) -> PortalError:
    return PortalError("payload_too_large", f"The body is larger than {limit} bytes.")


def post(handler: Handler, form: Form = OPENAI_FORM) -> Application:
    """Return the ASGI application that serves POST with `handler`, in the form of its API."""
    return route(handler, form, POST)


def upload(handler: Handler) -> Application:
    """Return the ASGI application that serves POST of a form with a file, up to MAX_AUDIO_BYTES."""
    return route(handler, OPENAI_FORM, POST, Held)


def download(handler: Handler) -> Application:
    """Return the ASGI application that serves a file to people who are signed in, by a link."""
    return route(handler, OPENAI_FORM, DOWNLOAD)


def route(
    handler: Handler, form: Form, methods: Collection[str], held: Callable[[], Held] | None = None
) -> Application:
    """Return the ASGI application that serves `methods` with `handler`, in the form of its API."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send, form)
        exchange.upload = held() if held else None
        try:
            await _serve(exchange, handler, methods)
        except CallerLeftError:
            note(outcome="left")
        except PortalError as error:
            is_file = methods is DOWNLOAD and scope["method"] in methods
            if address := sign_in_address(scope, error) if is_file else "":
                await exchange.empty(302, [(b"location", address.encode())])
            else:
                await exchange.fail(error)
        except Exception as error:
            what = "%s failed (request %s)"
            await exchange.fail(report(error, logger, what, exchange.path, exchange.id))
        finally:
            exchange.held.release()
            if exchange.upload:
                exchange.upload.release()

    return application


async def _serve(exchange: Exchange, handler: Handler, methods: Collection[str]) -> None:
    if len(exchange.headers) < len(exchange.scope["headers"]):
        _check_single(exchange.scope["headers"])
    exchange.principal = await authenticate(exchange.scope)
    payer = exchange.principal.payer
    await limiter.request(payer)
    check_scope(exchange.principal.scopes, exchange.path)
    if exchange.scope["method"] not in methods:
        return await exchange.fail(wrong_method(methods), (b"allow", ", ".join(methods).encode()))
    media_type = exchange.headers.get(b"content-type", b"")
    if exchange.upload:
        check_media_type(media_type.decode("latin-1"))
    elif media_type != b"application/json" and methods is POST and _declares(exchange):
        body.check_media_type(media_type.decode("latin-1"))
    if methods is DOWNLOAD:
        _check_download(exchange)
    elif exchange.principal.by_session:
        check_same_site(exchange.scope)
    await exchange.read()
    if methods is not POST:
        return await _while_caller_stays(exchange, handler(exchange))
    async with limiter.answer(payer):
        await _while_caller_stays(exchange, handler(exchange))


def _check_download(exchange: Exchange) -> None:
    """Raise PortalError `permission_denied` unless a person asks, on one of our pages."""
    if not exchange.principal.by_session:
        raise PortalError("permission_denied", "API tokens cannot download this. Sign in.")
    check_navigation(exchange.scope)


def _declares(exchange: Exchange) -> bool:
    """Must the request declare its JSON? A page of another site could send a form's."""
    return exchange.principal.by_session or not exchange.form.any_media_type


def _check_single(headers: Iterable[Line]) -> None:
    """Raise PortalError `invalid_request` if a header of SINGLE appears twice."""
    names = [name for name, _ in headers if name in SINGLE]
    if len(names) > len(set(names)):
        raise PortalError("invalid_request", "A header appears twice that may appear once.")


async def _while_caller_stays(exchange: Exchange, answer: Awaitable[None]) -> None:
    """Await `answer`, but cancel it when the caller leaves. Raises CallerLeftError then.

    Raises PortalError `server_restarting` when the server stops before the answer is complete. The
    answer runs in the server's task for this request: another task would cost every request as much
    as all of its checks.
    """
    task = tasks.begin()
    watcher = task.get_loop().create_task(_left(exchange.receive, task.cancel))
    try:
        await answer
    except asyncio.CancelledError:
        left = watcher.done() and not watcher.cancelled()
        if not left and not tasks.stopping:
            raise  # cancelled by the server itself
        task.uncancel()
        raise CallerLeftError if left else restarting() from None
    finally:
        watcher.cancel()
        tasks.end(task)


async def _left(receive: Receive, end: Callable[[], object]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    end()
