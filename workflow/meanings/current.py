"""
The meanings of this process: read when it starts, and again when the file changes.

An edit with a mistake changes nothing: what was read before stays, and the log shows the mistakes
once.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

from core.errors import ConfigError, Problem
from core.subprocesses import START_SECONDS, ask_once
from queryexpr.gate.operations import Definitions, Document, check_meanings
from registry.config.load import revision_of
from registry.state.models_file import read_bytes
from registry.workers.edits import Edits
from workflow.meanings.load import load
from workflow.meanings.meanings import Meanings
from workflow.sandbox import MODULE
from workflow.sources.loaded import sources
from workflow.sources.schema import last_known

if TYPE_CHECKING:
    from workflow.meanings.meanings import SourceMeanings

logger = logging.getLogger(__name__)
NAME = "meanings.yaml"
_NO_GATE = "The definitions could not be checked: {}."


def file() -> Path | None:
    """Return MEANINGS_FILE, else meanings.yaml beside SOURCES_FILE, if it is there."""
    if settings.MEANINGS_FILE:
        return Path(settings.MEANINGS_FILE)
    beside = Path(settings.SOURCES_FILE).with_name(NAME) if settings.SOURCES_FILE else None
    return beside if beside and beside.exists() else None


def read(source: bytes, name: str) -> Meanings:
    """Return the meanings in `source`. It waits for a process. Raises ConfigError."""
    known = {one: schema for one in sources().all if (schema := last_known(one))}
    return load(source, sources().all, gate, known, name)


def read_file() -> Meanings:
    """Return what the file says now. Raises ConfigError."""
    path = file()
    return read(read_bytes(path), path.name) if path else Meanings()


def gate(documents: list[Document]) -> Definitions:
    """Return what a process of the gate finds wrong. Raises ConfigError if it has no answer."""
    operation = check_meanings(documents)
    try:
        line = ask_once(MODULE, [operation.name, operation.arguments], START_SECONDS)
        return msgspec.json.decode(line, type=operation.answer)
    except (OSError, EOFError, ValueError) as error:  # a TimeoutError is an OSError
        reason = type(error).__name__
        raise ConfigError([Problem(0, 0, _NO_GATE.format(reason))]) from None


class CurrentMeanings:
    """What is in use, and the mistakes of an edit that is not."""

    def __init__(self) -> None:
        self._known: Meanings | None = None
        self._lock = threading.Lock()
        self._edits = Edits()
        self._of = ""  # the revision of the sources for which the file was read
        self._thread: threading.Thread | None = None
        self.rejected: ConfigError | None = None

    @property
    def known(self) -> Meanings:
        """The meanings in use. The first time it reads the file; with a mistake there are none."""
        with self._lock:
            if self._known is None:
                self._known = self._first()
            return self._known

    @property
    def is_read(self) -> bool:
        return self._known is not None

    def of(self, source: str) -> SourceMeanings | None:
        """Return the meanings of a source, if it has some."""
        return self.known.of(source)

    def _first(self) -> Meanings:
        self._of = sources().revision
        try:
            return read_file()
        except ConfigError as error:  # `check` stops a start; the file may have changed since
            self._reject(error, "")
            return Meanings()

    def start(self) -> None:
        """Start the thread that follows the file, unless it runs or RELOAD_SECONDS is 0."""
        if self._thread is None and settings.RELOAD_SECONDS > 0 and _may_exist():
            self._thread = threading.Thread(target=self._run, name="meanings", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Exception:
                logger.exception("The check of the meanings failed")
            time.sleep(settings.RELOAD_SECONDS)

    def look(self) -> None:
        """Load an edit that has not changed since the last check."""
        path, source, current = file(), b"", self.known.revision
        try:
            source = read_bytes(path) if path else b""
            revision = revision_of(source) if path else ""
        except ConfigError as error:
            revision = f"unreadable: {error}"
        if self._edits.is_due(revision, current):
            self._load(revision)
        elif revision == current and self._of == sources().revision:
            self.rejected = None
        elif self._of != sources().revision:  # what names a source may be right now
            self._load(revision)

    def _load(self, revision: str) -> None:
        self._of = sources().revision
        try:
            self._known = read_file()
        except ConfigError as error:
            self._edits.rejected(revision)
            self._reject(error, self.known.revision)
        else:
            self._edits.loaded()
            self.rejected = None
            logger.info("The meanings are now revision %s", self.known.revision or "none")

    def _reject(self, error: ConfigError, revision: str) -> None:
        self.rejected = error
        stays = f"revision {revision} stays in use" if revision else "no meanings are in use"
        logger.error("%s was not loaded; %s:\n%s", error.file, stays, error)


def _may_exist() -> bool:
    return bool(settings.MEANINGS_FILE or settings.SOURCES_FILE)


current = CurrentMeanings()
