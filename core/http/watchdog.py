"""A deadline for each of many short waits, at the cost of about one timer for all of them."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BUSY, MOMENT = 0.05, 0.01  # seconds


class Watchdog:
    """Calls `late` when a wait exceeds its deadline. Times are those of `time.monotonic`.

    `asyncio.timeout` makes and cancels a timer for each wait, which takes several microseconds for
    each chunk of a stream. Here a timer stays when a wait is over; when it fires, it checks whether
    another wait has begun, and until when that may last.
    """

    __slots__ = ("_due", "_late", "_timer", "_when")

    def __init__(self, late: Callable[[], object]) -> None:
        self._late = late
        self._due: float | None = None  # None: no wait
        self._timer: asyncio.TimerHandle | None = None
        self._when = 0.0  # when the timer fires

    def watch(self, due: float) -> None:
        """Begin a wait, which must end before `due`."""
        self._due = due
        if self._timer is None or due < self._when:
            self._set(due)

    def rest(self) -> None:
        """End the wait."""
        self._due = None

    def stop(self) -> None:
        """End all waits. The callback is released: it may hold large objects."""
        self._due = None
        self._late = bool
        if self._timer is not None:
            self._timer.cancel()

    def _set(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._when = due
        rest = max(due - time.monotonic(), 0)
        self._timer = asyncio.get_running_loop().call_later(rest, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._due is None:
            return
        now = time.monotonic()
        if now - self._when > BUSY:  # the loop was busy, too: let it process what arrived meanwhile
            self._set(max(self._due, now + MOMENT))
            self._when = math.inf  # only once: the loop may always be busy
            return
        if self._due > now:
            return self._set(self._due)
        self._due = None
        self._late()
