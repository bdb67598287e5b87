"""
The heartbeat of a worker's event loop: a line on standard output every second.

The supervisor replaces a worker whose loop no longer runs, whatever holds it: a deadlock, a loop
without an end, a stopped process. So the line has to come from the loop itself, not from a thread.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

BEAT_SECONDS = 1.0
MAX_ELAPSED = 1.0


def beat(loop: asyncio.AbstractEventLoop) -> None:
    """Write a line now, and then every second for as long as `loop` runs."""
    try:
        os.write(sys.stdout.fileno(), b"\n")
    except OSError:  # the supervisor is gone: this worker stops anyway
        return
    loop.call_later(BEAT_SECONDS, beat, loop)


@dataclass(slots=True)
class Silence:
    """How long a worker has been silent, as its supervisor sees it."""

    seconds: float = 0.0
    _beats: int = 0

    def look(self, beats: int, elapsed: float) -> float:
        """Return how long there was no beat, `elapsed` seconds after the last look.

        A long time between two looks does not count in full: the machine slept, or this process was
        stopped, and workers are silent for the same reason.
        """
        silent = beats == self._beats
        self.seconds = self.seconds + min(elapsed, MAX_ELAPSED) if silent else 0.0
        self._beats = beats
        return self.seconds
