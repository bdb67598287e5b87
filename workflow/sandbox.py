"""
The portal's side of the gate: at most two worker processes at work, started with the first query.

People's queries are served in turn, and one person's one after the other. A query that takes longer
than SQL_GATE_SECONDS ends its worker, and no other query is affected: while one is slow, a spare
worker starts.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from django.conf import settings

from core.errors import internal_error
from core.fair_queue import FairQueue
from core.person import person
from core.subprocesses import START_SECONDS, Child
from queryexpr.dialects.all import NAMES
from queryexpr.gate.operations import Operation, check_sql
from queryexpr.issues import Issue

logger = logging.getLogger(__name__)
T = TypeVar("T")
MODULE = "queryexpr.gate.worker"
MAX_WORKERS = 2
MAX_WAITING, MAX_WAITING_EACH = 256, 32  # people, and checks of each
SLOW = 0.3  # of SQL_GATE_SECONDS: then a spare worker starts, which takes about a second
TOO_SLOW = Issue("too_slow", "Checking the query took too long. Make it shorter.")
WARM_UP = check_sql("SELECT a FROM t", NAMES[0], NAMES[0], "CREATE TABLE t (a INT)")


class Sandbox:
    """The workers of this process's loop."""

    def __init__(self) -> None:
        self._turns = _queue(MAX_WORKERS, MAX_WAITING)
        self._own: dict[Hashable, FairQueue] = {}  # of those who have a check under way
        self._idle: list[asyncio.Task[Child]] = []  # the last may still be starting
        self._ending: set[asyncio.Task[None]] = set()

    async def run(self, operation: Operation[T]) -> T:
        """Do an operation in a worker.

        Raises Refused, unless a refusal is a judgement; an operation that takes too long is
        refused too. Raises PortalError `overloaded` if no worker is free for
        SQL_GATE_WAIT_SECONDS, `internal_error` if the worker fails.
        """
        if issues := operation.too_large():
            return operation.refusal(issues)
        try:
            async with self._turn(person.get()):
                line = await self._ask(operation)
        except TimeoutError:
            return operation.refusal((TOO_SLOW,))
        except (OSError, EOFError, ValueError) as error:
            logger.error("The worker that checks queries ended: %s", error)
            raise internal_error() from None
        return _decode(operation, line)

    @asynccontextmanager
    async def _turn(self, who: Hashable) -> AsyncIterator[None]:
        """Hold a worker's place. One person has one check at work: the others' find a worker free.

        Raises PortalError `overloaded`.
        """
        due = time.monotonic() + settings.SQL_GATE_WAIT_SECONDS
        own = self._own.get(who) or self._own.setdefault(who, _queue(1, MAX_WAITING_EACH))
        try:
            async with (
                own.place(who, settings.SQL_GATE_WAIT_SECONDS),
                self._turns.place(who, due - time.monotonic()),
            ):
                yield
        finally:
            if not own.held and not own.waiting:
                self._own.pop(who, None)

    async def _ask(self, operation: Operation[Any]) -> bytes:
        worker = self._take()
        try:
            child = await asyncio.shield(worker)
        except asyncio.CancelledError:  # the caller left; the worker is for the next
            self._idle.append(worker)
            raise
        spare = asyncio.get_running_loop().call_later(
            settings.SQL_GATE_SECONDS * SLOW, self._keep_spare
        )
        try:
            async with asyncio.timeout(settings.SQL_GATE_SECONDS):
                line = await child.ask([operation.name, operation.arguments])
        except BaseException:  # of any kind: the next line would answer this operation
            self._end(child)
            raise
        finally:
            spare.cancel()
        self._idle.append(worker)
        return line

    def _take(self) -> asyncio.Task[Child]:
        while self._idle:
            worker = self._idle.pop()
            if not _has_ended(worker):
                return worker
        return asyncio.ensure_future(_start())

    def _keep_spare(self) -> None:
        if not self._idle:
            self._idle.append(asyncio.ensure_future(_start()))

    def _end(self, child: Child) -> None:
        child.kill()
        self._ending.add(task := asyncio.ensure_future(child.wait()))
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """End the workers that do nothing, and wait for those that were ended."""
        idle, self._idle = self._idle, []
        for started in await asyncio.gather(*idle, return_exceptions=True):
            if isinstance(started, Child):
                self._end(started)
        await asyncio.gather(*self._ending)


def _queue(places: int, waiting: int) -> FairQueue:
    return FairQueue("the check of SQL", places, waiting, waiting, expected=0.1)


async def _start() -> Child:
    """Start a worker, and return it when it is ready. Raises OSError, EOFError, ValueError."""
    child = await Child.start(MODULE)
    try:
        async with asyncio.timeout(START_SECONDS):
            await child.ask([WARM_UP.name, WARM_UP.arguments])
    except TimeoutError:
        child.kill()
        raise EOFError(f"It did not start within {START_SECONDS:.0f} s.") from None
    except BaseException:
        child.kill()
        raise
    return child


def _has_ended(worker: asyncio.Task[Child]) -> bool:
    if not worker.done():
        return False
    return worker.cancelled() or worker.exception() is not None or worker.result().has_ended


def _decode(operation: Operation[T], line: bytes) -> T:
    """Return the answer in a worker's line, with its type."""
    answer = json.loads(line)  # which takes half characters, as the worker may quote them
    if "failed" in answer:
        logger.error("A query could not be checked: %s", answer["failed"])
        raise internal_error()
    if "refused" in answer:
        return operation.refusal(msgspec.convert(answer["refused"], tuple[Issue, ...]))
    return msgspec.convert(answer, operation.answer)


sandbox = Sandbox()
