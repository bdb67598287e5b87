"""
Following models.yaml while the portal runs.

Its content is what counts, not its time: that also sees what is swapped by a symlink, written in
place, or changed on a network mount. An edit is taken once it has stayed the same for two looks,
so that a file which is being written is not taken for a whole one. A file that cannot be used
changes nothing: what was in use stays, and the log says once what is wrong with the edit.
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
from registry.workers.worker import worker

logger = logging.getLogger(__name__)
ROW_SECONDS = 3.0  # in which all workers see the same edit


class Watcher:
    """Looks at the file every RELOAD_SECONDS, from a daemon thread."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._seen = ""  # the content at the last look
        self._refused = ""  # content that was tried in vain

    def start(self) -> None:
        """Begin, unless begun or turned off by RELOAD_SECONDS=0."""
        if self._thread is None and settings.RELOAD_SECONDS > 0:
            self._thread = threading.Thread(target=self._run, name="reload", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(settings.RELOAD_SECONDS)
            try:
                self.look()
            except Exception:
                logger.exception("models.yaml could not be looked at")
            finally:
                connection.close()  # where it told of an edit

    def look(self) -> None:
        """Take an edit that has stayed the same since the last look."""
        source: bytes | None = None
        try:
            source = read_bytes(settings.MODELS_FILE)
            revision = revision_of(source)
        except ConfigError as error:
            revision = f"unreadable: {error}"  # why it is may change, and is told then
        settled, self._seen = revision == self._seen, revision
        if revision == service.current.revision:
            service.accept()
            self._refused = ""
        elif settled and revision != self._refused:
            self._try(source, revision)

    def _try(self, source: bytes | None, revision: str) -> None:
        old = service.current
        try:
            take(source)
            self._refused = ""
        except ConfigError as error:
            self._refused = revision
            name = settings.MODELS_FILE.name
            logger.error(
                "%s was not loaded; revision %s stays in use:\n%s", name, old.revision, error
            )


def take(source: bytes | None = None) -> list[Change]:
    """Put the file into use as it is now, or as `source`; return what that changed.

    Raises ConfigError; what was in use stays.
    """
    old = service.current
    new = service.load(source)
    found = changes(old, new)
    if old.revision != new.revision:
        told = summary(found)
        logger.info("An edit of models.yaml %s; revision %s", told, new.revision)
        _record_edit(old, new, told)
    for capability, primary in old.primaries.items():
        if capability not in new.primaries:
            drop(capability, primary.model)
    return found


def _record_edit(old: Registry, new: Registry, told: str) -> None:
    """Write a row of the edit, unless another worker does."""
    what = f"row:{old.revision}:{new.revision}"
    try:
        if not service.store.claim(what, worker.id, ROW_SECONDS):
            return
    except StoreDownError:
        pass  # better two rows than none
    try:
        models.Change.edited(old.revision, new.revision, told)
    except DatabaseError as error:
        logger.warning("The edit could not be recorded: %s", error)


def drop(capability: str, model: str) -> None:
    """Take off a primary that the file does not offer, on all workers, with a record."""
    try:
        service.drop_primary(capability, model, models.Change.dropping)
    except (PortalError, DatabaseError) as error:
        logger.warning("The primary of %s could not be dropped for all: %s", capability, error)


watcher = Watcher()
