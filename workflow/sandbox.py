"""
The portal's side of the workers: two processes that start with the first query.

A query that takes longer than SQL_GATE_SECONDS costs its worker its life, and nobody else anything.
Workers get none of the portal's environment, so that no secret is in their memory.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from typing import Any

from django.conf import settings

from core.errors import internal_error
from queryexpr.gate.worker import LENGTH, packed

logger = logging.getLogger(__name__)
WORKERS = 2
STARTING = 20.0  # seconds, for a process that has to import everything


class Worker:
    """One process, which does one thing at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        return self._lock.locked()

    async def run(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return what `engine.run` returns. Raises TimeoutError."""
        async with self._lock:
            seconds = settings.SQL_GATE_SECONDS
            if self._process is None or self._process.returncode is not None:
                self._process = await self._start()
                seconds += STARTING
            try:
                async with asyncio.timeout(seconds):
                    return await self._ask(self._process, packed([name, arguments]))
            except BaseException:  # of any kind: what it would answer next belongs to nobody
                self.stop()
                raise

    async def _start(self) -> asyncio.subprocess.Process:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "queryexpr.gate.worker", cwd=settings.BASE_DIR, env=kept,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
        )  # fmt: skip

    async def _ask(self, process: asyncio.subprocess.Process, message: bytes) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(message)
        await process.stdin.drain()
        head = await process.stdout.readexactly(LENGTH.size)
        answer: dict[str, Any] = json.loads(
            await process.stdout.readexactly(LENGTH.unpack(head)[0])
        )
        return answer

    def stop(self) -> asyncio.subprocess.Process | None:
        """End the process now, and return it."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
        return process


class Sandbox:
    """The workers of this process's loop."""

    def __init__(self) -> None:
        self._workers: list[Worker] = []
        self._next = 0

    async def run(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Do one operation of `engine` in a worker.

        What is refused returns as `{"refused": [issue, …]}`, as does what takes too long.
        Raises PortalError `internal_error` if the worker fails.
        """
        try:
            answer = await self._pick().run(name, arguments)
        except TimeoutError:
            return {"refused": [TOO_SLOW]}
        except (OSError, EOFError) as error:
            logger.error("The worker that checks queries ended: %s", error)
            raise internal_error() from None
        if "failed" in answer:
            logger.error("A query could not be checked: %s", answer["failed"])
            raise internal_error()
        return answer

    def _pick(self) -> Worker:
        """Return a worker that is free, else the next in turn. A second starts if one is busy."""
        if not self._workers:
            self._workers.append(Worker())
        free = next((worker for worker in self._workers if not worker.is_busy), None)
        if free is not None:
            return free
        if len(self._workers) < WORKERS:
            self._workers.append(Worker())
            return self._workers[-1]
        self._next = (self._next + 1) % WORKERS
        return self._workers[self._next]

    async def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            process = worker.stop()
            if process is not None:
                await process.wait()
        self._workers = []


TOO_SLOW = {
    "code": "too_slow",
    "message": "Checking the query took too long. Make it shorter.",
    "severity": "error",
}
sandbox = Sandbox()
