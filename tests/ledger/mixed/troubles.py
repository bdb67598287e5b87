"""What happens to the portal while it is asked."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from psutil import CONN_LISTEN, NoSuchProcess, Process

from tests.ledger.mixed.callers import Callers
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.servers.cluster import until
from tests.support.servers.redis_server import RedisServer

TABLES = "ledger_call, ledger_link, ledger_hour, chat_message, chat_conversation"


class Troubles:
    """Redis is away, the database is locked, and workers are killed, the oldest first."""

    def __init__(
        self, portal: Portal, redis: RedisServer, callers: Callers, seconds: float
    ) -> None:
        self._portal, self._redis, self._callers = portal, redis, callers
        self._seconds = seconds
        self.killed: set[int] = set()

    def run(self) -> None:
        plan: list[tuple[float, Callable[[], None]]] = [
            (0.15, self._redis.kill), (0.3, self._redis.start), (0.4, self._lock),
            (0.5, self._kill), (0.6, self._kill), (0.7, self._redis.kill), (0.75, self._kill),
            (0.85, self._redis.start), (0.9, self._lock),
        ]  # fmt: skip
        for part, happen in plan:
            while self._callers.made < part * self._callers.number:
                time.sleep(0.02)
            happen()

    def _lock(self) -> None:
        with databases.locked(self._portal, TABLES):
            time.sleep(self._seconds)

    def _kill(self) -> None:
        oldest = min(until(self._both, seconds=60), key=Process.create_time)
        self.killed.add(oldest.pid)
        os.kill(oldest.pid, signal.SIGKILL)

    def _both(self) -> list[Process] | None:
        """Return the workers, once both serve: each listens on a socket of its own."""
        assert self._portal.process is not None
        workers = Process(self._portal.process.pid).children()
        return workers if len(workers) == 2 and all(map(_listens, workers)) else None


def _listens(worker: Process) -> bool:
    with suppress(NoSuchProcess):
        return any(one.status == CONN_LISTEN for one in worker.net_connections("tcp"))
    return False
