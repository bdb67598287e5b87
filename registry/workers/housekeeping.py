"""
What a worker does for all, beside requests and beside its beat: it may wait for the database.

A reload that another worker was told to make; remains of workers that are gone; primaries whose
models the file does not offer; beats that nobody wants to see.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from core.errors import ConfigError
from registry import models
from registry.state.primaries import Primaries
from registry.state.service import service
from registry.store import StoreDownError
from registry.workers.file_watcher import drop, take
from registry.workers.worker import worker

if TYPE_CHECKING:
    from collections.abc import Callable

    # Ends what was left by workers of which the given function says that they are gone.
    Recover = Callable[[Callable[[str], bool]], None]

logger = logging.getLogger(__name__)
LOOK_SECONDS = 2.0


class Housekeeping:
    """Runs in a daemon thread; `recover` marks answers of workers that are gone."""

    def __init__(self) -> None:
        self.recover: Recover = lambda gone: None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="chores", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        first = True
        while True:
            try:
                if worker.reload_asked.is_set():
                    worker.reload_asked.clear()
                    reload()
                if worker.asks or first:  # first: what this worker's forerunner left
                    self.do()
                    first = False
                else:
                    service.lost = Primaries()  # another worker records it
            except DatabaseError as error:
                logger.warning("The database does not answer yet: %s", error)
            except Exception:
                logger.exception("A chore failed")
            finally:
                connection.close()
            worker.reload_asked.wait(LOOK_SECONDS)

    def do(self) -> None:
        """Do what is due, once."""
        self.recover(worker.is_gone)
        if service.store_down is None:
            record_lost()
            drop_unused()
            if old := worker.forgotten():
                try:
                    service.store.forget(old)
                except StoreDownError:
                    pass


def record_lost() -> None:
    """Write what the store has forgotten into the record."""
    for capability, primary in service.lost.chosen.items():
        after = service.current.file_defaults.get(capability, "")
        models.Change.lost(capability, primary.model, after)
    service.lost = Primaries()


def drop_unused() -> None:
    """Drop primaries that the file has not offered for a while, on any worker."""
    chosen, registry = service.primaries.chosen, service.current
    unused = [name for name in chosen if name not in registry.primaries]
    if unused and worker.agrees:
        for capability in unused:
            drop(capability, chosen[capability].model)


def reload() -> None:
    """Read models.yaml because another worker was told to."""
    try:
        take()
    except ConfigError as error:
        logger.error("models.yaml was not loaded:\n%s", error)


housekeeping = Housekeeping()
