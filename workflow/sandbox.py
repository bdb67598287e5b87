"""
The portal's side of the gate: at most two worker processes, started with the first query.

A query that takes longer than SQL_GATE_SECONDS ends its worker, and no other query is affected.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, TypeVar

import msgspec
from django.conf import settings

from core.errors import internal_error
from core.subprocesses import START_SECONDS, Child
from queryexpr.gate.operations import Operation
from queryexpr.issues import Issue

logger = logging.getLogger(__name__)
T = TypeVar("T")
MODULE = "queryexpr.gate.worker"
MAX_WORKERS = 2
TOO_SLOW = Issue("too_slow", "Checking the query took too long. Make it shorter.")


class Worker:
    """One process, which does one operation at a time."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._lock = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        return self._lock.locked()

    async def run(self, name: str, arguments: dict[str, Any]) -> bytes:
        """Return what `engine.run` returns, as JSON. Raises TimeoutError, and as Child does."""
        async with self._lock:
            seconds = settings.SQL_GATE_SECONDS
            if self._child is None or self._child.has_ended:
                self._child = await Child.start(MODULE)
                seconds += START_SECONDS
            try:
                async with asyncio.timeout(seconds):
                    return await self._child.ask([name, arguments])
            except BaseException:  # of any kind: the next line would answer this operation
                self.kill()
                raise

    def kill(self) -> Child | None:
        """End the process now, and return it."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
        return child


class Sandbox:
    """The workers of this process's loop."""

    def __init__(self) -> None:
        self._workers: list[Worker] = []
        self._next = 0

    async def run(self, operation: Operation[T]) -> T:
        """Do an operation in a worker.

        Raises Refused, unless a refusal is a judgement; an operation that takes too long is
        refused too. Raises PortalError `internal_error` if the worker fails.
        """
        try:
            line = await self._pick().run(operation.name, operation.arguments)
        except TimeoutError:
            return operation.refusal((TOO_SLOW,))
        except (OSError, EOFError, ValueError) as error:
            logger.error("The worker that checks queries ended: %s", error)
            raise internal_error() from None
        return _decode(operation, line)

    def _pick(self) -> Worker:
        """Return a worker that is free, else the next in turn. A second starts if one is busy."""
        if not self._workers:
            self._workers.append(Worker())
        free = next((worker for worker in self._workers if not worker.is_busy), None)
        if free is not None:
            return free
        if len(self._workers) < MAX_WORKERS:
            self._workers.append(Worker())
            return self._workers[-1]
        self._next = (self._next + 1) % MAX_WORKERS
        return self._workers[self._next]

    async def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            if child := worker.kill():
                await child.wait()
        self._workers = []


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
