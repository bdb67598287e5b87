"""This process's book of calls: its journal in VAR_DIR, which the ledger reads."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from core import process_id
from core.journal.journal import Journal
from registry.metering.records import encoder

if TYPE_CHECKING:
    from registry.metering.records import Begun, Ended

logger = logging.getLogger(__name__)
SYNC_SECONDS = 0.1  # what a power cut may cost


def folder() -> Path:
    """Return where the journals of this machine's processes are."""
    return Path(settings.VAR_DIR) / "ledger"


class Book:
    """Writes records; opened by the first one, so that a process without calls has no journal."""

    def __init__(self) -> None:
        self._journal: Journal | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, record: Begun | Ended) -> None:
        """Write a record. Never fails."""
        journal = self._journal or self._open()
        journal.append(encoder.encode(record))

    def _open(self) -> Journal:
        with self._lock:
            if self._journal is None:
                with suppress(OSError):  # the journal reports it, and holds what is written
                    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
                self._journal = Journal(folder(), process_id.own())
                self._thread = threading.Thread(target=self._sync, name="journal", daemon=True)
                self._thread.start()
        return self._journal

    def _sync(self) -> None:
        journal, wait = self._journal, threading.Event()
        while journal is not None and journal is self._journal:
            wait.wait(SYNC_SECONDS)
            try:
                journal.sync()
            except Exception:
                logger.exception("The ledger's journal was not written to the disk")

    def close(self) -> None:
        """Write all to the disk. A later record opens another journal."""
        with self._lock:
            journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()

    @property
    def lost(self) -> int:
        """How many records found no room, neither on the disk nor in memory."""
        return self._journal.lost if self._journal else 0


book = Book()
