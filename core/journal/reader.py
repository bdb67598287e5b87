"""Follows the journals of a folder, those of other processes too."""

from __future__ import annotations

import fcntl
import mmap
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.journal.journal import SUFFIX
from core.journal.segment import MAGIC, records

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Followed:
    """A segment that is read. `ended`: its writer has gone, and all of it was read."""

    path: Path
    at: int = len(MAGIC)
    ended: bool = False
    news: list[bytes] = field(default_factory=list)  # records since it was last read

    def read(self) -> None:
        """Read what is new. Raises OSError."""
        file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            gone = _writer_gone(file)  # before the last look: what comes after it is not missed
            self.news = self._records(file)
            self.ended = gone
        finally:
            os.close(file)

    def _records(self, file: int) -> list[bytes]:
        if os.fstat(file).st_size <= self.at:
            return []
        found = []
        with mmap.mmap(file, 0, prot=mmap.PROT_READ) as data:
            if data[: len(MAGIC)] == MAGIC:
                for record, after in records(data, self.at):
                    found.append(record)
                    self.at = after
        return found


class Reader:
    """Reads all journals in `folder`. `read` returns the segments, each with its new records."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._followed: dict[str, Followed] = {}

    def read(self) -> list[Followed]:
        paths = sorted(self._folder.glob(f"*{SUFFIX}"))
        self._followed = {p.name: self._followed.get(p.name) or Followed(p) for p in paths}
        for one in self._followed.values():
            one.read()
        return list(self._followed.values())

    def forget(self, one: Followed) -> None:
        """Delete a segment of which all was used."""
        one.path.unlink(missing_ok=True)
        self._followed.pop(one.path.name, None)


def _writer_gone(file: int) -> bool:
    """Has the process that wrote it ended, or closed it? Its lock is then free."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True
