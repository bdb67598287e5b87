"""Threads that run the event loop's database queries, each with a connection that it keeps."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import OperationalError, connections

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")
T = TypeVar("T")
KEEP_SECONDS = 60


class Deadlines:
    """Do queries of this process have a deadline? Those of commands may take long: migrations."""

    on = False


deadlines = Deadlines()


def in_threads(
    function: Callable[P, T], threads: ThreadPoolExecutor | None = None
) -> Callable[P, Awaitable[T]]:
    """Return a coroutine function that calls `function` in one of `threads`.

    It raises OperationalError after DATABASE_TIMEOUT, which includes the wait for a thread. What
    has begun by then is not stopped: it may still be committed.
    """
    call = database_sync_to_async(function, False, threads)

    async def bounded(*args: P.args, **kwargs: P.kwargs) -> T:
        return await in_time(call(*args, **kwargs))

    return bounded


async def in_time(query: Awaitable[T]) -> T:
    """Return what `query` does. Raises OperationalError after DATABASE_TIMEOUT."""
    limit = settings.DATABASE_TIMEOUT
    try:
        async with asyncio.timeout(limit):
            return await query
    except TimeoutError:
        raise OperationalError(f"no answer within {limit:g} s") from None


def database_threads(number: int, name: str) -> ThreadPoolExecutor:
    """Return a thread pool for `in_threads`.

    By default all consumers share one thread, in which a slow query would block every socket; in
    the event loop's own pool a locked database would block sign-ins.
    """
    return ThreadPoolExecutor(number, name, initializer=_keep_connections)


def _keep_connections() -> None:
    """Keep this thread's connections open between calls: opening one takes 2 ms.

    Django's setting would keep one for each request's thread, too, and they would pile up.
    """
    kept = {"CONN_MAX_AGE": KEEP_SECONDS, "CONN_HEALTH_CHECKS": True}
    for connection in connections.all():
        connection.settings_dict = {**connection.settings_dict, **kept}
