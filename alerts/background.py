"""The threads of alerts: one looks, one sends, so that a slow target delays no look."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from alerts.sending.queue import send_due
from alerts.watch import Watch
from registry.state.service import service
from registry.workers.worker import worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.snapshot import Registry

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 2.0


class Background:
    """Runs in daemon threads, in each process that serves; one worker of all does the work."""

    def __init__(self) -> None:
        self._watch = Watch()
        self._started = False
        self._revision = ""  # of which missing variables were logged

    def start(self) -> None:
        """Start the threads, unless they run."""
        if not self._started:
            self._started = True
            for name, step in (("alerts", self._watch.look), ("sending", _send)):
                threading.Thread(target=self._run, args=[step], name=name, daemon=True).start()

    def _run(self, step: Callable[[Registry], None]) -> None:
        while True:
            time.sleep(INTERVAL_SECONDS)
            try:
                self._do(step)
            except DatabaseError as error:
                logger.warning("Alerts wait for the database: %s", error)
            except Exception:
                logger.exception("Alerts failed")

    def _do(self, step: Callable[[Registry], None]) -> None:
        """Do one step, if this worker is the one that does."""
        registry = service.current
        if not worker.is_leader or not registry.alerts.targets:
            return
        self._report(registry)
        try:
            step(registry)
        finally:
            connection.close()

    def _report(self, registry: Registry) -> None:
        """Log, once for each edit, which targets get nothing."""
        if registry.revision != self._revision:
            self._revision = registry.revision
            for target in registry.alerts.targets:
                if target.missing:
                    logger.warning("No alert reaches %s: %s", target.name, target.lacks)


def _send(registry: Registry) -> None:
    send_due(registry.alerts)


background = Background()
