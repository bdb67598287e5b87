"""
The running answers of this process, and how they end when the server stops.

Each answer runs in a task that is tracked here. `drain` rejects new requests, waits, then cancels
the remaining tasks; the code that runs such a task sends `server_restarting` to its caller.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Tasks:
    """The tracked tasks of this process."""

    def __init__(self) -> None:
        # Each task with the function that ends it early.
        self.running: dict[asyncio.Task[Any], Callable[[], object]] = {}
        self.farewells: set[Callable[[], Awaitable[None]]] = set()  # called when all have ended
        self.stopping = False
        self.one_of_several = False  # do other workers serve on this port?

    def start(self, coroutine: Any, end: Callable[[], object] | None = None) -> asyncio.Task[Any]:
        """Run `coroutine` as a tracked task. `end` ends it early; by default it is cancelled."""
        task: asyncio.Task[Any] = asyncio.ensure_future(coroutine)
        self.running[task] = end or task.cancel
        task.add_done_callback(self.running.pop)
        return task

    def begin(self) -> asyncio.Task[Any]:
        """Track the running task until `end`. It is cancelled when the server stops."""
        task = asyncio.current_task()
        assert task is not None
        self.running[task] = task.cancel
        return task

    def end(self, task: asyncio.Task[Any]) -> None:
        del self.running[task]

    async def drain(self, seconds: float) -> None:
        """Reject new requests, wait up to `seconds` for tracked tasks, then end the rest."""
        self.stopping = True
        if self.running:
            await asyncio.wait(set(self.running), timeout=seconds)
        for end in list(self.running.values()):
            end()
        if self.running:
            await asyncio.wait(set(self.running), timeout=2)
        if calls := [asyncio.ensure_future(say()) for say in self.farewells]:
            await asyncio.wait(calls, timeout=2)
        await asyncio.sleep(0.1)  # for the last frames to be sent


def restarting() -> PortalError:
    return PortalError("server_restarting", "The portal is restarting. Try again.", retry_after=2)


tasks = Tasks()
