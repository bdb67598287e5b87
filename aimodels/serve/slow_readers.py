"""
Finds callers who do not read: nothing for READER_SECONDS, or not enough for TOTAL_TIMEOUT.

A server buffers what its caller does not read, and lets the application wait. Nothing else would
end that: the deadlines of an answer are checked when its next piece comes from the provider.
"""

from __future__ import annotations

import fcntl
import struct
import termios
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# For each transport for which the application waits, what grows when its caller reads: how often
# the application went on, and the size of what is not delivered, negative.
Unsent = dict[Any, tuple[int, int]]


@dataclass(slots=True)
class Backlog:
    """What one connection still has to send. Times are those of `SlowReaders.now`."""

    read: tuple[int, int]
    began: float
    moved: float


class SlowReaders:
    """Finds the connections whose callers are too late."""

    def __init__(self, idle: float, total: float) -> None:
        self.idle = idle
        self.total = total
        self.now = 0.0
        self._backlogs: dict[Any, Backlog] = {}

    def late(self, unsent: Mapping[Any, tuple[int, int]], elapsed: float) -> list[Any]:
        """Return the connections to end, `elapsed` seconds after the last look."""
        self.now += elapsed
        self._backlogs = {key: self._look(key, read) for key, read in unsent.items()}
        return [key for key, backlog in self._backlogs.items() if self._is_late(backlog)]

    def _look(self, key: Any, read: tuple[int, int]) -> Backlog:
        backlog = self._backlogs.get(key) or Backlog(read, self.now, self.now)
        if read > backlog.read:
            backlog.read, backlog.moved = read, self.now
        return backlog

    def _is_late(self, backlog: Backlog) -> bool:
        return self.now - backlog.moved >= self.idle or self.now - backlog.began >= self.total


def in_kernel(descriptor: int) -> int:
    """Return how many bytes the system still has to deliver; 0 where it does not tell.

    It takes megabytes, and takes more only once a third of them is free: for half a minute,
    nothing may leave the server's own buffer although its caller reads.
    Reference: https://man7.org/linux/man-pages/man7/tcp.7.html (SIOCOUTQ)
    """
    try:
        (size,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))
    except OSError:
        return 0
    return int(size)
