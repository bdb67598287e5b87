"""
Reloads models.yaml when it changes.

It compares the content, not the file's time: this also detects a replaced symlink, a write in
place, and changes on a network mount. An edit is loaded when two checks see the same content, so
that a half-written file is not loaded. An invalid edit changes nothing: the registry stays, and the
log shows the problems once.
"""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection

from core.errors import ConfigError, PortalError
from registry import models
from registry.config.load import revision_of
from registry.diff import Change, changes, summary
from registry.snapshot import Registry
from registry.state.models_file import read_bytes
from registry.state.service import service
from registry.store import StoreDownError
from registry.workers.edits import Edits
from registry.workers.worker import worker

logger = logging.getLogger(__name__)
ROW_SECONDS = 3.0  # within which all workers see the same edit


class Watcher:
    """Checks the file every RELOAD_SECONDS, in a daemon thread."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._edits = Edits()

    def start(self) -> None:
        """Start the thread, unless it runs or RELOAD_SECONDS is 0."""
        if self._thread is None and settings.RELOAD_SECONDS > 0:
            self._thread = threading.Thread(target=self._run, name="reload", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(settings.RELOAD_SECONDS)
            try:
                self.look()
            except Exception:
                logger.exception("The check of models.yaml failed")
            finally:
                connection.close()  # which recorded an edit

    def look(self) -> None:
        """Load an edit that has not changed since the last check."""
        source: bytes | None = None
        try:
            source = read_bytes(settings.MODELS_FILE)
            revision = revision_of(source)
        except ConfigError as error:
            revision = f"unreadable: {error}"  # with the reason: a new one is logged again
        due = self._edits.is_due(revision, service.current.revision)
        if revision == service.current.revision:
            service.accept()
            if service.lacks_other_files():
                service.load(source)
        elif due:
            self._try(source, revision)

    def _try(self, source: bytes | None, revision: str) -> None:
        old = service.current
        try:
            load_models_file(source)
            self._edits.loaded()
        except ConfigError as error:
            self._edits.rejected(revision)
            name = settings.MODELS_FILE.name
            logger.error(
                "%s was not loaded; revision %s stays in use:\n%s", name, old.revision, error
            )


def load_models_file(source: bytes | None = None) -> list[Change]:
    """Load the file, or `source` if it was read already; return the changes.

    Raises ConfigError; the current registry stays.
    """
    old = service.current
    new = service.load(source)
    edits = changes(old, new)
    if old.revision != new.revision:
        text = summary(edits)
        logger.info("An edit of models.yaml %s; revision %s", text, new.revision)
        _record_edit(old, new, text)
    for capability, primary in old.primaries.items():
        if capability not in new.primaries:
            drop_primary(capability, primary.model)
    return edits


def _record_edit(old: Registry, new: Registry, text: str) -> None:
    """Record the edit, unless another worker does."""
    what = f"row:{old.revision}:{new.revision}"
    try:
        if not service.store.claim(what, worker.id, ROW_SECONDS):
            return
    except StoreDownError:
        pass  # better two rows than none
    try:
        models.Change.edited(old.revision, new.revision, text)
    except DatabaseError as error:
        logger.warning("The edit could not be recorded: %s", error)


def drop_primary(capability: str, model: str) -> None:
    """Drop a primary whose model is not listed, on all workers, and record it."""
    try:
        service.drop_primary(capability, model, models.Change.dropping)
    except (PortalError, DatabaseError) as error:
        logger.warning("The primary of %s could not be dropped: %s", capability, error)


watcher = Watcher()
