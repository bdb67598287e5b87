"""What goes on beside requests, in each process that serves."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection

from chat.conversations import recover
from registry.errors import ConfigError
from registry.reload import take, watcher
from registry.worker import worker

logger = logging.getLogger(__name__)


def start() -> None:
    """Begin, unless begun: the worker's beat, with the probes, and the look at models.yaml."""
    worker.duties = [end_what_was_left]
    worker.on_reload = reload
    worker.start()
    watcher.start()


def end_what_was_left(living: set[str]) -> None:
    """Mark answers of workers that are gone, however they ended."""
    try:
        recover(living)
    except DatabaseError as error:
        logger.warning("Answers of workers that are gone could not be marked: %s", error)
    finally:
        connection.close()


def reload() -> None:
    """Read models.yaml because another worker was told to."""
    try:
        take()
    except ConfigError as error:
        logger.error("models.yaml was not loaded:\n%s", error)
    finally:
        connection.close()
