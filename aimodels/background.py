"""What goes on beside requests, in each process that serves."""

from __future__ import annotations

from chat.conversations import recover
from registry.workers.file_watcher import watcher
from registry.workers.housekeeping import chores
from registry.workers.worker import worker


def start() -> None:
    """Begin, unless begun: the worker's beat, with the probes; chores; the look at models.yaml."""
    chores.recover = recover
    worker.start()
    chores.start()
    watcher.start()
