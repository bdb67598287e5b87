"""
The data sources of this process: read when it starts, and again when the file changes.

An edit with a mistake changes nothing: what was read before stays, and the log shows the mistakes
once. So does one whose new or changed sources may not be used, as at a start. Queries that run end
on the source with which they began.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from core.errors import ConfigError
from registry.config.load import revision_of
from registry.state.models_file import read_bytes
from registry.workers.edits import Edits
from workflow.sources.check import check_sources
from workflow.sources.config.load import read
from workflow.sources.portal.source import portal_sources
from workflow.sources.source import Sources

logger = logging.getLogger(__name__)


class CurrentSources:
    """The sources in use, and the mistakes of an edit that is not."""

    def __init__(self) -> None:
        self._known: Sources | None = None
        self._lock = threading.Lock()
        self._edits = Edits()
        self._thread: threading.Thread | None = None
        self.rejected: ConfigError | None = None

    @property
    def known(self) -> Sources:
        """The sources in use. The first time it reads the file, and raises ConfigError."""
        with self._lock:
            if self._known is None:
                self._known = _read(_bytes())
            return self._known

    def begin(self, source: bytes) -> None:
        """Begin with the content of an earlier file. Raises ConfigError."""
        with self._lock:
            self._known = _read(source)

    def forget(self) -> None:
        """Read the file again when it is asked for."""
        with self._lock:
            self._known, self._edits, self.rejected = None, Edits(), None

    def start(self) -> None:
        """Start the thread that follows the file, unless it runs or RELOAD_SECONDS is 0."""
        if self._thread is None and settings.RELOAD_SECONDS > 0 and settings.SOURCES_FILE:
            self._thread = threading.Thread(target=self._run, name="sources", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Exception:
                logger.exception("The check of the data sources failed")
            time.sleep(settings.RELOAD_SECONDS)

    def look(self) -> None:
        """Load an edit that has not changed since the last check."""
        source, current = b"", self.known.revision
        try:
            source = _bytes()
            revision = revision_of(source)
        except ConfigError as error:
            revision = f"unreadable: {error}"
        if self._edits.is_due(revision, current):
            self._load(revision)
        elif revision == current:
            self.rejected = None

    def _load(self, revision: str) -> None:
        old = self.known
        try:
            new = _read(_bytes())
            _check(old, new)
        except ConfigError as error:
            self._edits.rejected(revision)
            self.rejected = error
            stays = f"revision {old.revision} stays in use"
            logger.error("%s was not loaded; %s:\n%s", error.file, stays, error)
            return
        with self._lock:
            self._known = new
        self._edits.loaded()
        self.rejected = None
        text = "; ".join(_changes(old, new)) or "changes no source"
        logger.info("An edit of %s: %s; revision %s", new.file, text, new.revision)


def _bytes() -> bytes:
    """Return what SOURCES_FILE has; nothing if there is none. Raises ConfigError."""
    return read_bytes(Path(settings.SOURCES_FILE)) if settings.SOURCES_FILE else b""


def _read(source: bytes) -> Sources:
    """Return what a file lists, and the portal's own sources. Raises ConfigError.

    A source of the file that has the same name is in its place.
    """
    own = portal_sources()
    if not settings.SOURCES_FILE:
        return Sources(own)
    listed = read(source, os.environ, Path(settings.SOURCES_FILE).name)
    return Sources({**own, **listed.all}, listed.file, listed.revision)


def _check(old: Sources, new: Sources) -> None:
    """Raise ConfigError if a new or changed source may not be used; log what cannot be reached."""
    changed = {name: one for name, one in new.all.items() if old.all.get(name) != one}
    for problem in check_sources(Sources(changed, new.file)):
        logger.warning("%s", problem.at(new.file))


def _changes(old: Sources, new: Sources) -> Iterator[str]:
    both = old.all.keys() & new.all.keys()
    for word, names in (
        ("added", new.all.keys() - old.all.keys()),
        ("changed", {name for name in both if old.all[name] != new.all[name]}),
        ("removed", old.all.keys() - new.all.keys()),
    ):
        if names:
            yield f"{word} {', '.join(sorted(names))}"


current = CurrentSources()


def sources() -> Sources:
    """Return the sources in use. Raises ConfigError the first time, if the file has a mistake."""
    return current.known
