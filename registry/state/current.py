"""
The registry that this worker serves: models.yaml with the primaries of the store.

Readers use `current` without a lock. Writers replace it under a lock, which they hold only for
that. A file that is invalid at the first load stops the start; there is no fallback.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

from core.errors import ConfigError
from registry import snapshot
from registry.config.load import Config
from registry.snapshot.part import part_of
from registry.state import models_file
from registry.state.primaries import Primaries, decode
from registry.store import get_store
from registry.weights.places import absent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.access import Access
    from registry.snapshot import Registry
    from registry.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected edit of the file. `at` is ISO 8601 in UTC."""

    at: str
    problems: tuple[str, ...]

    def as_dict(self, *, operator: bool) -> dict[str, Any]:
        """Return the public fields; only operators see the problems."""
        return {"at": self.at, "problems": list(self.problems) if operator else []}


class Loaded(NamedTuple):
    """A file that was loaded, `at` in Unix time."""

    config: Config
    source: bytes
    at: int


class CurrentRegistry:
    """Holds the registry that this worker serves, and the last edit if that was rejected."""

    def __init__(self) -> None:
        self._registry: Registry | None = None
        self.config: Config | None = None  # from which the registry was built
        self.source = b""  # the bytes of the file
        self._variables: dict[str, str | None] = {}  # used by the file, with their values
        self.rejected: Rejected | None = None
        self.primaries = Primaries()  # in the store, including those of unlisted models
        self.lost = Primaries()  # which the store has lost, until that is recorded
        self.store_down: str | None = None  # why the store does not answer
        self._lock = threading.Lock()  # held only to replace the registry
        self._loading = threading.Lock()  # held to read the file: the last reader must win
        self._unreadable = b""
        self.loaded_at = 0

    @cached_property
    def store(self) -> Store:
        """The state that all workers share."""
        return get_store()

    @property
    def current(self) -> Registry:
        """The registry, which the first use loads from the file. Raises ConfigError then."""
        return self._registry or self.load()

    def seen_with(self, access: Access) -> Registry:
        """Return the current registry, or what of it a token with models may use."""
        return part_of(self.current, access.models)

    @property
    def loaded(self) -> Loaded | None:
        """The file in use: its content, and what was read from it, of the same moment."""
        with self._lock:
            return Loaded(self.config, self.source, self.loaded_at) if self.config else None

    def ensure_loaded(self) -> None:
        """Load models.yaml, unless that was done. Raises ConfigError."""
        if self._registry is None:
            self.load()

    def load(self, source: bytes | None = None) -> Registry:
        """Load models.yaml and make it current. `source` is its content, if it was read already.

        Raises ConfigError; the current registry stays.
        """
        with self._loading:
            try:
                data = models_file.read_bytes(settings.MODELS_FILE) if source is None else source
                if self._registry is not None and self._is_in_use(data):
                    self.accept()  # nothing to do; building many models takes a second
                    return self._registry
                return self._take(data)
            except ConfigError as error:
                problems = tuple(problem.at(error.file) for problem in error.problems)
                self.rejected = Rejected(now(), problems)
                raise

    def _is_in_use(self, data: bytes) -> bool:
        """Is `data`, with the variables and the model files of now, what is current?"""
        same = data == self.source and self._variables == _values(self._variables)
        return same and not self.lacks_other_files()

    def lacks_other_files(self) -> bool:
        """Was a model fetched, or removed, since the file was loaded?"""
        return self.config is not None and absent(self.config.models) != self.config.absent

    def _take(self, data: bytes) -> Registry:
        """Make the file's content current. Raises ConfigError."""
        config = models_file.load(data, settings.MODELS_FILE.name)
        fresh = snapshot.build(config)
        with self._lock:
            fresh = fresh.with_primaries(self.primaries.chosen, self.primaries.version)
            self.config, self.source, self._registry = config, data, fresh
            self._variables = _values(config.variables)
            self.loaded_at = int(time.time())
            self.accept()
        for warning in config.warnings:
            logger.warning("%s", warning.at(settings.MODELS_FILE.name))
        return fresh

    def accept(self) -> None:
        """Note that the file is what is in use: a rejected edit may have been reverted."""
        self.rejected = None

    def follow(self, stored: bytes, before: Primaries) -> None:
        """Use the primaries that the store had while this worker had `before`.

        If this worker has others by now, a switch was made since, and `stored` is outdated.
        """
        primaries = decode(stored)
        if primaries is None:
            return self._log_unreadable(stored)
        with self._lock:
            if self.primaries is not before or primaries == before or self._registry is None:
                return
            self.primaries = primaries
            self._registry = self._registry.with_primaries(primaries.chosen, primaries.version)
            unused = primaries.chosen.keys() - self._registry.primaries.keys()
        if primaries.version < before.version and before.chosen:
            self.lost = before
            lost = ", ".join(f"{name}: {primary.model}" for name, primary in before.chosen.items())
            logger.warning("The store has lost the primaries: %s", lost)
        for capability in unused:
            model = primaries.chosen[capability].model
            logger.warning("The primary of %s, %s, is not in the file; ignored", capability, model)

    def _log_unreadable(self, stored: bytes) -> None:
        """Log once that the store's primaries cannot be decoded."""
        if stored != self._unreadable:
            logger.error("The store's primaries cannot be decoded; the next switch replaces them")
        self._unreadable = stored

    def adopt(self, new: Primaries) -> None:
        """Use primaries that were just written, unless there are newer ones."""
        with self._lock:
            if new.version > self.primaries.version and self._registry is not None:
                self.primaries = new
                self._registry = self._registry.with_primaries(new.chosen, new.version)


def _values(variables: Iterable[str]) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in variables}


def now() -> str:
    """Return the current time as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
