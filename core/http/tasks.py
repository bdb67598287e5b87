"""
What is under way in this process, and how it ends when the server stops.

Each answer runs in a task that is tracked here. `drain` refuses new work, waits, then ends what
is left; whoever runs the task tells its caller `server_restarting`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Work:
    """The tasks under way."""

    def __init__(self) -> None:
        self.tasks: dict[asyncio.Task[Any], Callable[[], object]] = {}  # each with what ends it
        self.farewells: set[Callable[[], Awaitable[None]]] = set()  # called once all have ended
        self.stopping = False
        self.one_of_several = False  # do other workers serve on this port?

    def start(self, coroutine: Any, end: Callable[[], object] | None = None) -> asyncio.Task[Any]:
        """Run `coroutine` as a tracked task, which `end` ends early; else it is cancelled."""
        task: asyncio.Task[Any] = asyncio.ensure_future(coroutine)
        self.tasks[task] = end or task.cancel
        task.add_done_callback(self.tasks.pop)
        return task

    def begin(self) -> asyncio.Task[Any]:
        """Track the running task, which is cancelled when the server stops, until its `end`."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks[task] = task.cancel
        return task

    def end(self, task: asyncio.Task[Any]) -> None:
        del self.tasks[task]

    async def drain(self, seconds: float) -> None:
        """Refuse new work, give what is under way `seconds` to end, then end it."""
        self.stopping = True
        if self.tasks:
            await asyncio.wait(set(self.tasks), timeout=seconds)
        for end in list(self.tasks.values()):
            end()
        if self.tasks:
            await asyncio.wait(set(self.tasks), timeout=2)
        if calls := [asyncio.ensure_future(say()) for say in self.farewells]:
            await asyncio.wait(calls, timeout=2)
        await asyncio.sleep(0.1)  # the last frames leave


def restarting() -> PortalError:
    return PortalError("server_restarting", "The portal is restarting. Ask again.", retry_after=2)


work = Work()
