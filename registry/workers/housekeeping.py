"""
Background work that may wait for the database, in a thread beside the worker's heartbeat.

It reloads the file when another worker asked for it, stores its text, looks for tokens that were
revoked, ends unfinished answers of dead workers, drops primaries whose models are not listed,
deletes old heartbeats and what is older than its retention, and does the chores of other apps.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from core.errors import ConfigError
from core.personal_data.retention import retention
from registry import models
from registry.state.primaries import Primaries
from registry.state.service import service
from registry.store import StoreDownError
from registry.workers.file_watcher import drop_primary, load_models_file
from registry.workers.revisions import revisions
from registry.workers.worker import worker

if TYPE_CHECKING:
    from collections.abc import Callable

    # Ends the unfinished answers of workers for which the passed function returns True.
    Recover = Callable[[Callable[[str], bool]], None]

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 2.0
CHORE_SECONDS = 600.0


class Housekeeping:
    """Runs in a daemon thread. `recover` ends unfinished answers of dead workers.

    `tokens` finds those that were revoked, and writes when they were used.
    `chores` delete what is too old, every CHORE_SECONDS on one of the workers.
    """

    def __init__(self) -> None:
        self.recover: Recover = lambda gone: None
        self.tokens: tuple[Callable[[], None], ...] = ()
        self.chores: tuple[Callable[[], object], ...] = ()
        self._chores_due = 0.0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, unless it runs."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        first = True
        while True:
            try:
                if worker.reload_asked.is_set():
                    worker.reload_asked.clear()
                    reload()
                for look in self.tokens:
                    look()
                revisions.store(worker.id)
                if worker.is_leader or first:  # first: after a crash of this worker
                    self.do()
                    first = False
                else:
                    service.lost = Primaries()  # another worker records it
            except DatabaseError as error:
                logger.warning("The database does not respond: %s", error)
            except Exception:
                logger.exception("Housekeeping failed")
            finally:
                connection.close()
            worker.reload_asked.wait(INTERVAL_SECONDS)

    def do(self) -> None:
        """Do all work once."""
        self.recover(worker.is_gone)
        retention.do()
        if service.store_down is None:
            record_lost()
            drop_unused()
            if expired := worker.expired():
                try:
                    service.store.forget(expired)
                except StoreDownError:
                    pass
        if time.monotonic() >= self._chores_due:
            self._chores_due = time.monotonic() + CHORE_SECONDS
            self._do_chores()

    def _do_chores(self) -> None:
        """Do each, whatever became of those before it."""
        for chore in self.chores:
            try:
                chore()
            except DatabaseError as error:
                logger.warning("The database does not respond: %s", error)
            except Exception:
                logger.exception("A chore failed")


def record_lost() -> None:
    """Record the primaries that the store has lost."""
    for capability, primary in service.lost.chosen.items():
        after = service.current.file_defaults.get(capability, "")
        models.Change.lost(capability, primary.model, after)
    service.lost = Primaries()


def drop_unused() -> None:
    """Drop primaries whose models are not listed on any worker."""
    chosen, registry = service.primaries.chosen, service.current
    unused = [name for name in chosen if name not in registry.primaries]
    if unused and worker.agrees:
        for capability in unused:
            drop_primary(capability, chosen[capability].model)


def reload() -> None:
    """Reload models.yaml because another worker was asked to."""
    try:
        load_models_file()
    except ConfigError as error:
        logger.error("models.yaml was not loaded:\n%s", error)


housekeeping = Housekeeping()
