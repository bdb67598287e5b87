"""A process's journal: segments, one after the other."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from core.journal.segment import Segment

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)
SEGMENT_BYTES = 4 * 1024 * 1024
MAX_HELD = 100_000  # records in memory, while the disk has no room
SUFFIX = ".journal"
OVERHEAD = 64  # bytes of a segment that no record has


class Journal:
    """Writes to segments `<name>-<number>.journal` in `folder`. Safe from threads.

    While the disk has no room, records wait in memory, up to MAX_HELD; `lost` counts those beyond.
    """

    def __init__(self, folder: Path, name: str, size: int = SEGMENT_BYTES) -> None:
        self.lost = 0
        self._folder, self._name, self._size = folder, name, size
        self._numbers = itertools.count()
        self._segment: Segment | None = None
        self._full: list[Segment] = []
        self._held: deque[bytes] = deque()
        self._lock = threading.Lock()

    def append(self, record: bytes) -> None:
        """Write a record, which is not empty. Never fails; one larger than a segment is lost."""
        with self._lock:
            if len(record) > self._size - OVERHEAD:
                self.lost += 1
            elif self._segment is None or self._held or not self._segment.append(record):
                self._hold(record)
                self._write_held()

    def _hold(self, record: bytes) -> None:
        if len(self._held) < MAX_HELD:
            self._held.append(record)
        else:
            self.lost += 1

    def _write_held(self) -> None:
        """Write what waits, to a new segment where the present one is full."""
        while self._held:
            if self._segment is not None and self._segment.append(self._held[0]):
                self._held.popleft()
            elif not self._turn():
                return

    def _turn(self) -> bool:
        """Begin a new segment. False if the disk has no room for one."""
        try:
            segment = Segment(self._folder / self._next_name(), self._size)
        except OSError as error:
            if len(self._held) == 1:
                logger.error("The ledger's journal cannot be written: %s", error)
            return False
        if self._segment is not None:
            self._full.append(self._segment)
        self._segment = segment
        return True

    def _next_name(self) -> str:
        return f"{self._name}-{next(self._numbers):06}{SUFFIX}"

    def sync(self) -> None:
        """Write to the disk what is not there yet, and close full segments. May take long."""
        with self._lock:
            full, self._full = self._full, []
            segment = self._segment
            self._write_held()
        for one in full:
            one.close()
        if segment is not None and segment not in full:
            segment.sync()

    def close(self) -> None:
        """Write all to the disk; a later record begins a new segment."""
        self.sync()
        with self._lock:
            if self._segment is not None:
                self._segment.close()
                self._segment = None
