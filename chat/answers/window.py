"""
Limits how far an answer may run ahead of its reader.

Servers buffer what a reader does not read, Daphne without bound. The reader therefore acknowledges
what it has read, and an answer waits while MAX_UNREAD bytes of it are not acknowledged. That is
much more than ACK_BYTES and the largest piece: who acknowledges as often as promised never waits.
"""

from __future__ import annotations

import asyncio
from collections import deque

MAX_UNREAD = 256 * 1024
ACK_BYTES = 64 * 1024  # UTF-8 of the pieces' text or data, after which a reader acknowledges


class Window:
    """The pieces of the answer `id` that were sent and not yet acknowledged.

    `seq` is the number of the last one.
    """

    def __init__(self, id: str = "") -> None:  # noqa: A002
        self.id = id
        self.seq = 0
        self._unread: deque[tuple[int, int]] = deque()  # number, bytes
        self._size = 0
        self._moved = asyncio.Event()
        self._released = False

    def sent(self, size: int) -> int:
        """Count a piece that is sent, and return its number."""
        self.seq += 1
        self._unread.append((self.seq, size))
        self._size += size
        return self.seq

    def acknowledged(self, seq: int) -> None:
        while self._unread and self._unread[0][0] <= seq:
            self._size -= self._unread.popleft()[1]
        self._moved.set()

    def awaits(self, seq: int) -> bool:
        """Would an acknowledgement of `seq` be the first of some piece?"""
        return bool(self._unread) and self._unread[0][0] <= seq

    def release(self) -> None:
        """Wait for no one any more: the reader has gone."""
        self._released = True
        self._moved.set()

    @property
    def full(self) -> bool:
        return self._size >= MAX_UNREAD and not self._released

    async def wait_for_room(self) -> None:
        """Wait until more may be sent."""
        while self.full:
            self._moved.clear()
            await self._moved.wait()
