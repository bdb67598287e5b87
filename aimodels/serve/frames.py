"""
What the servers' WebSockets lack: limits for frames that the application never sees.

A caller may send pings, and parts of a message, as fast as it likes: a few bytes each, which cost
the servers far more. One who does not read lets the answers to its pings pile up.
"""

from __future__ import annotations

import time

MAX_PER_SECOND = 500  # as many as the application takes whole messages
SLICE = 16 * 1024  # bytes that are parsed before the frames in them are counted
MAX_UNREAD = 64 * 1024  # bytes, past which pings are not answered


class FrameCounter:
    """Counts one connection's frames that are no whole messages."""

    __slots__ = ("_number", "_second")

    def __init__(self) -> None:
        self._number = self._second = 0

    def is_flood(self) -> bool:
        """Count a frame. Are there more than MAX_PER_SECOND in this second?"""
        second = int(time.monotonic())
        self._number = self._number + 1 if second == self._second else 1
        self._second = second
        return self._number > MAX_PER_SECOND
