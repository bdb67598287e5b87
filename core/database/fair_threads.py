"""Threads for database queries of answers, in which people are served in turn."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import OperationalError

from core.database.threads import database_threads, in_time
from core.errors import PortalError
from core.fair_queue import FairQueue
from core.limits.payer import payer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")
T = TypeVar("T")
MAX_WAITING, MAX_WAITING_EACH = 2048, 512
EXPECTED_SECONDS = 0.01  # of a query, until some were seen


class FairThreads:
    """`number` threads. A person with many queries delays another's by one of them."""

    def __init__(self, number: int, name: str, what: str) -> None:
        self._threads = database_threads(number, name)
        self._turns = FairQueue(what, number, MAX_WAITING, MAX_WAITING_EACH, EXPECTED_SECONDS)

    def in_turn(self, function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
        """Return a coroutine function that calls `function` in a thread, for the task's payer.

        It raises OperationalError as `core.database.in_threads` does, also if too many wait.
        """
        call = database_sync_to_async(function, False, self._threads)

        async def bounded(*args: P.args, **kwargs: P.kwargs) -> T:
            return await in_time(self._run(lambda: call(*args, **kwargs)))

        return bounded

    async def _run(self, query: Callable[[], Awaitable[T]]) -> T:
        who = payer.get()
        if not self._turns.take():
            try:
                await self._turns.wait(who and who.person, settings.DATABASE_TIMEOUT)
            except PortalError as error:
                raise OperationalError(error.message) from None
        began = time.monotonic()
        work = asyncio.ensure_future(query())

        def ended(_: asyncio.Future[T]) -> None:
            self._turns.give_back(time.monotonic() - began)
            work.cancelled() or work.exception()  # of a query that no one awaits any more

        # A thread works to its end, even if its caller gives up: until then its place is not free.
        work.add_done_callback(ended)
        return await asyncio.shield(work)
