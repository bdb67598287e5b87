"""
What is under way in this process, and how it ends when the server stops.

Each answer runs in a task that is tracked here. `drain` refuses new work, waits, then cancels
what is left; whoever runs the task tells its caller `server_restarting`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from registry.errors import PortalError


class Work:
    """The tasks under way."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()
        self.stopping = False

    def start(self, coroutine: Any) -> asyncio.Task[Any]:
        """Run `coroutine` as a tracked task."""
        task: asyncio.Task[Any] = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Refuse new work, give what is under way `seconds` to end, then cancel it."""
        self.stopping = True
        if self.tasks:
            await asyncio.wait(set(self.tasks), timeout=seconds)
        for task in set(self.tasks):
            task.cancel()
        if self.tasks:
            await asyncio.wait(set(self.tasks), timeout=2)
        await asyncio.sleep(0.1)  # the last frames leave


def restarting() -> PortalError:
    return PortalError("server_restarting", "The portal is restarting. Ask again.", retry_after=2)


work = Work()
