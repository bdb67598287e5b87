"""
Copies the journals of this machine's processes into the database.

One process does it for all: who holds the lock of the folder. A segment is deleted when its process
has ended, or has begun another one, and each of its calls is in the database. A row is inserted
with its sums and its link of the chain in one transaction, and only if it is not there: so a copy
that was interrupted is repeated as a whole, and counts nothing twice.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from typing import TYPE_CHECKING

from django.db import DatabaseError, DataError, connection, transaction

from core.journal.reader import Reader
from ledger.gone import without_gone
from ledger.lock import durable, lock
from ledger.models import Call
from ledger.rollup import add
from ledger.rows import lost, row
from ledger.seal import chain
from ledger.seal.head import LINKS, Head
from ledger.telemetry.export import export
from registry.metering import book
from registry.metering.records import Begun, decoder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from core.journal.reader import Followed
    from registry.metering.records import Ended

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
BATCH = 500  # rows of one transaction


class Copier:
    """Reads the journals in `folder`. `copy` does it once, and returns how many rows are new."""

    def __init__(self, folder: Path) -> None:
        self._reader = Reader(folder)
        self._head = Head(folder, LINKS)
        self._open: dict[bytes, tuple[Begun, str]] = {}  # calls under way, with their segments
        self._ready: list[Call] = []
        self._traces: dict[UUID, str] = {}  # of what is ready

    def copy(self) -> int:
        segments = self._reader.read()
        for one in segments:
            for record in one.news:
                self._take(record, one)
        self._settle(segments)
        count = self._store()
        begun = {name for _, name in self._open.values()}
        for one in segments:
            if one.ended and one.path.name not in begun:
                self._reader.forget(one)
        return count

    def _take(self, record: bytes, segment: Followed) -> None:
        try:
            entry = decoder.decode(record)
            if isinstance(entry, Begun):
                self._open[entry.key] = (entry, segment.path.name)
            elif known := self._open.pop(entry.key, None):
                self._end(*known, entry)
        except ValueError as error:
            logger.error("A record of %s cannot be read: %s", segment.path.name, error)

    def _end(self, begun: Begun, segment: str, ended: Ended) -> None:
        call = row(begun, ended, _process(segment))
        self._ready.append(call)
        if begun.trace:
            self._traces[call.pk] = begun.trace

    def _settle(self, segments: list[Followed]) -> None:
        """End what processes had under way that are gone."""
        alive = {_process(one.path.name) for one in segments if not one.ended}
        for key, (begun, name) in list(self._open.items()):
            if _process(name) not in alive:
                del self._open[key]
                self._end(begun, name, lost(begun))

    def _store(self) -> int:
        """Insert what is ready. Raises DatabaseError: what is not inserted stays ready.

        A row that the database does not take is reported, and left out: others do not wait for it.
        """
        count, size = 0, BATCH
        durable()
        while batch := self._ready[:size]:
            try:
                count += _insert(batch, self._head)
            except (DataError, OverflowError) as error:  # SQLite's, of a number
                if len(batch) > 1:
                    size = 1
                    continue
                logger.error("The ledger has no row of call %s: %s", batch[0].pk, error)
            export((call for call in batch if not call._state.adding), self._traces)
            del self._ready[: len(batch)]
        self._traces.clear()
        return count


def _insert(batch: list[Call], head: Head) -> int:
    """Insert the rows that are not there, with their sums and links. Return how many those are."""
    with transaction.atomic():
        lock()
        keys = [row.pk for row in batch]
        known = set(Call.objects.filter(pk__in=keys).values_list("pk", flat=True))
        known |= chain.linked(keys)  # a row that was deleted: `ledger verify` reports it
        if not (new := [row for row in batch if row.pk not in known]):
            return 0
        without_gone(new)
        end = chain.end()
        head.check()
        Call.objects.bulk_create(new)
        add(new)
        place = chain.append(new, end)
    head.move(place)
    return len(new)


def _process(segment: str) -> str:
    """Return the ID of the process that wrote a segment."""
    return segment.rpartition("-")[0]


class Copying:
    """The thread that copies, in each process that serves; in one of them at a time.

    That one calls `leads` once, before it copies.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._lock: int | None = None
        self._copier: Copier | None = None
        self._wake = threading.Event()
        self._caught_up = threading.Event()
        self.leads: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Start the thread, unless it runs."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until the ledger has what processes left that ended before this one began."""
        if self._thread is not None:
            self._caught_up.wait(seconds)

    def _run(self) -> None:
        while True:
            try:
                self._copy()
            except DatabaseError as error:
                logger.warning("The ledger waits for the database: %s", error)
            except Exception:
                logger.exception("The ledger was not written")
            self._caught_up.set()
            self._wake.wait(INTERVAL_SECONDS)

    def _copy(self) -> None:
        """Copy once, if this process is the one that does."""
        if self._copier is None:
            if not self._lock_folder():
                return  # the other process does it
            self.leads()
            self._copier = Copier(book.folder())
        try:
            self._copier.copy()
        finally:
            connection.close()

    def _lock_folder(self) -> bool:
        """Become the one that copies. False if another process is."""
        if self._lock is not None:
            return True
        folder = book.folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._lock = file
        return True


copying = Copying()
