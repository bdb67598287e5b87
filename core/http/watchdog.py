"""A deadline for each of many short waits, at the price of about one timer for all of them."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BUSY, MOMENT = 0.05, 0.01  # seconds


class Watchdog:
    """Calls `late` if what is waited for has not come in time. Times are of `time.monotonic`.

    `asyncio.timeout` makes and cancels a timer for each wait, several microseconds of each chunk
    of a stream. Here a timer stays when a wait is over, and looks when it rings whether another
    wait has begun by then, and until when.
    """

    __slots__ = ("_due", "_late", "_timer", "_when")

    def __init__(self, late: Callable[[], object]) -> None:
        self._late = late
        self._due: float | None = None  # None: nothing is waited for
        self._timer: asyncio.TimerHandle | None = None
        self._when = 0.0  # when the timer rings

    def watch(self, due: float) -> None:
        """A wait begins, which is to end before `due`."""
        self._due = due
        if self._timer is None or due < self._when:
            self._set(due)

    def rest(self) -> None:
        """The wait is over."""
        self._due = None

    def stop(self) -> None:
        """Nothing will be waited for any more. What was to be called is let go of."""
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
        if now - self._when > BUSY:  # so was the loop: what came meanwhile is looked at first
            self._set(max(self._due, now + MOMENT))
            self._when = math.inf  # not again: it may be busy all the time
            return
        if self._due > now:
            return self._set(self._due)
        self._due = None
        self._late()
