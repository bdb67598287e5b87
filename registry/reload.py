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

from registry.changes import changes, summary
from registry.config import revision_of
from registry.errors import ConfigError
from registry.service import read_bytes, service

logger = logging.getLogger(__name__)
ABSENT = "absent"


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

    def look(self) -> None:
        """Take an edit that has stayed the same since the last look."""
        source: bytes | None
        try:
            source = read_bytes(settings.MODELS_FILE)
        except ConfigError:
            source = None
        revision = ABSENT if source is None else revision_of(source)
        settled, self._seen = revision == self._seen, revision
        if revision == service.current.revision:
            service.accept()
            self._refused = ""
        elif settled and revision != self._refused:
            self._take(source, revision)

    def _take(self, source: bytes | None, revision: str) -> None:
        old = service.current
        try:
            told = summary(changes(old, service.load(source)))
            self._refused = ""
            logger.info("An edit of models.yaml %s; revision %s", told, revision)
        except ConfigError as error:
            self._refused = revision
            name = settings.MODELS_FILE.name
            logger.error(
                "%s was not loaded; revision %s stays in use:\n%s", name, old.revision, error
            )


watcher = Watcher()
