"""One file of a journal."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC = b"JOURNAL1"
_HEAD = struct.Struct("<II")
_CHECK = struct.Struct("<I")


class Segment:
    """A new file for records, of `size` bytes at most. Raises OSError if the disk has no room."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            # The lock is the sign that the writer lives: the kernel drops it with the process.
            fcntl.flock(self._file, fcntl.LOCK_EX)
            os.posix_fallocate(self._file, 0, size)  # else a full disk is SIGBUS at the first write
            self._map = mmap.mmap(self._file, size)
        except OSError:
            os.close(self._file)
            path.unlink()
            raise
        self._map[: len(MAGIC)] = MAGIC
        self._end = len(MAGIC)
        self._room = size - 2 * _HEAD.size
        self._synced = 0

    def append(self, record: bytes) -> bool:
        """Write a record, which is not empty. False, and nothing written, if it has no room."""
        at, size = self._end, len(record)
        if at + size > self._room:
            return False
        after = at + _HEAD.size
        self._map[after : after + size] = record
        self._map[at + 4 : after] = _CHECK.pack(zlib.crc32(record))
        self._map[at : at + 4] = _CHECK.pack(size)  # last: now it is there
        self._end = after + (size + 7 & ~7)
        return True

    def sync(self) -> None:
        """Write to the disk what is not there yet."""
        end = self._end
        if end > self._synced:
            self._map.flush(0, len(self._map))
            self._synced = end

    def close(self) -> None:
        """Write all to the disk, and let readers know that no more comes."""
        self.sync()
        self._map.close()
        os.close(self._file)


def records(data: bytes | mmap.mmap, start: int = 0) -> Iterator[tuple[bytes, int]]:
    """Yield the records of a segment's content, each with where the next begins.

    It ends at the first that is not whole: the process ended while it wrote.
    """
    at = start or len(MAGIC)
    while at + _HEAD.size <= len(data):
        size, check = _HEAD.unpack_from(data, at)
        record = data[at + _HEAD.size : at + _HEAD.size + size]
        if not size or len(record) < size or zlib.crc32(record) != check:
            return
        at += _HEAD.size + (size + 7 & ~7)
        yield record, at
