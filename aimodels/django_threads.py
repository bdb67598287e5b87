"""
Django behind queues: each of its requests uses a thread and a connection to the database.

Without a bound, a hundred pages at once would be a hundred connections, which is all that Postgres
takes. Requests therefore wait in turn: by person, or by address where no one is signed in. What
checks passwords has threads of its own, so that no one who is not signed in delays those who are;
so have the health checks, which must not wait behind pages. A thread keeps its connection.

A place is held neither while a request's body arrives, nor while a response is read: callers
decide how long those take. Their bytes are counted meanwhile, with those of other requests.
"""

from __future__ import annotations

import asyncio
import tempfile
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from asgiref.sync import ThreadSensitiveContext
from django.conf import settings

from aimodels.programs import body_limit
from core.addresses import network_in
from core.auth.identity import likely_person
from core.database.threads import database_threads
from core.fair_queue import FairQueue
from core.http.exchange import PIECE as SENT_PIECE
from core.http.exchange import CallerLeftError, too_large
from core.limits.held import SMALL, HeldBytes

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from concurrent.futures import Executor

    from core.http.exchange import Application, Receive, Scope, Send

SIGN_IN = ("/sign-in", "/admin/login")
HEALTH = ("/healthz", "/readyz")
SAFE = ("GET", "HEAD")
PIECE = 64 * 1024  # bytes of a body that Django reads at once
RESPONSE_SECONDS = 0.05  # that a request takes, until some were seen


class Threads:
    """Threads for Django's requests, and the queue for them."""

    def __init__(self, number: int, waiting: int, each: int) -> None:
        self.turns = FairQueue("pages", number, waiting, each, RESPONSE_SECONDS)
        self._idle: list[Executor] = []

    async def wait(self, who: Hashable, receive: Receive) -> None:
        """Take a place. Raises PortalError `overloaded`, CallerLeftError."""
        if self.turns.take():
            return
        task = asyncio.current_task()
        assert task is not None
        watcher = task.get_loop().create_task(_leave(receive, task))
        try:
            await self.turns.wait(who, settings.DJANGO_WAIT_SECONDS)
        except asyncio.CancelledError:
            if not watcher.done():
                raise
            task.uncancel()
            raise CallerLeftError from None
        finally:
            watcher.cancel()

    async def run(self, django: Application, scope: Scope, receive: Receive) -> list[Any]:
        """Return the messages of Django's response. Gives back the place that was taken."""
        loop, messages = asyncio.get_running_loop(), []
        began, thread = (
            loop.time(),
            self._idle.pop() if self._idle else database_threads(1, "django"),
        )

        async def keep(message: dict[str, Any]) -> None:
            messages.append(message)

        try:
            async with ThreadSensitiveContext(executor=thread):
                await django(scope, receive, keep)
        finally:
            self._idle.append(thread)  # the last first: a quiet portal keeps few connections
            self.turns.give_back(loop.time() - began)
        return messages


class QueuedDjango:
    """The ASGI application that passes requests to Django when their turn has come."""

    def __init__(self, django: Application) -> None:
        self._django = django
        self._pages = Threads(settings.DJANGO_CONCURRENCY, waiting=2048, each=512)
        self._sign_in = Threads(2, waiting=256, each=32)
        self._health = Threads(2, waiting=256, each=64)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises PortalError `payload_too_large`, `overloaded`, `rate_limited`."""
        threads, who = self._way(scope)
        held = HeldBytes()
        try:
            limit = body_limit(scope["path"])
            hold = partial(_add_to, held, str(who))
            with await _body(receive, limit, hold) as body:
                if scope["path"].startswith(settings.STATIC_URL):  # needs no connection
                    return await self._django(scope, _replay(body), send)
                if who != network_in(scope):
                    held.check(str(who))
                await threads.wait(who, receive)
                # Another task: a server that gives up on a caller does not end the thread's work.
                work = asyncio.ensure_future(threads.run(self._django, scope, _replay(body)))
                messages = await asyncio.shield(work)
            held.release()
            _hold(held, str(likely_person(scope)), messages, scope["method"])
            await _send(messages, send)
        except CallerLeftError:
            pass
        finally:
            held.release()

    def _way(self, scope: Scope) -> tuple[Threads, Hashable]:
        if scope["path"].startswith(SIGN_IN):
            return self._sign_in, network_in(scope)
        if scope["path"] in HEALTH:
            return self._health, network_in(scope)
        return self._pages, likely_person(scope)


async def _leave(receive: Receive, task: asyncio.Task[Any]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    task.cancel()


def _hold(held: HeldBytes, key: str, messages: list[Any], method: str) -> None:
    """Count a large response until it is read. Raises PortalError where nothing was changed."""
    size = sum(len(message.get("body", b"")) for message in messages)
    if size > SMALL:
        (held.add if method in SAFE else held.add_anyway)(key, size)


async def _send(messages: list[Any], send: Send) -> None:
    """Send a response, a piece at a time: servers copy what is not read yet."""
    for message in messages:
        data = message.get("body", b"")
        last = max(len(data) - 1, 0) // SENT_PIECE * SENT_PIECE
        for begin in range(0, last, SENT_PIECE):
            await send({**message, "body": data[begin : begin + SENT_PIECE], "more_body": True})
        await send({**message, "body": data[last:]} if last else message)


def _add_to(held: HeldBytes, who: str, size: int) -> None:
    held.add(who, size - held.size)


async def _body(receive: Receive, limit: int, hold: Callable[[int], object]) -> IO[bytes]:
    """Return the whole body, at its beginning. Raises PortalError, CallerLeftError.

    `hold` gets the size so far, unless that is small.
    """
    body = tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115 — the caller closes it
    try:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise CallerLeftError
            body.write(message.get("body", b""))
            if body.tell() > limit:
                raise too_large(limit)
            if body.tell() > SMALL:
                hold(body.tell())
            if not message.get("more_body"):
                body.seek(0)
                return body
    except BaseException:
        body.close()
        raise


def _replay(body: IO[bytes]) -> Receive:
    """Return a `receive` for Django: the body, then silence, as if the caller stayed."""
    complete = False

    async def receive() -> dict[str, Any]:
        nonlocal complete
        if complete:
            await asyncio.Event().wait()  # Django listens for the end; it cancels this
        piece = body.read(PIECE)
        complete = len(piece) < PIECE
        return {"type": "http.request", "body": piece, "more_body": not complete}

    return receive
