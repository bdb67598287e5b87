"""
The registry that this worker serves: what models.yaml says, with the primaries of the store.

Readers take `current` without a lock; what replaces it is done under one, held for no longer than
that, so that nothing is lost and nobody waits. A file that fails at the first load stops the
start; there is no fallback.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.errors import ConfigError
from registry import snapshot
from registry.config.load import Config, load_config
from registry.state.models_file import read_bytes
from registry.state.primaries import Primaries, decode
from registry.store import get_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.snapshot import Registry
    from registry.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An edit of the file that cannot be used. `at` is ISO 8601 in UTC."""

    at: str
    problems: tuple[str, ...]

    def as_dict(self, *, operator: bool) -> dict[str, Any]:
        """Return what people may know of it: what is wrong is for operators."""
        return {"at": self.at, "problems": list(self.problems) if operator else []}


class CurrentRegistry:
    """Holds the registry that this worker serves, and the last edit of its file if it is bad."""

    def __init__(self) -> None:
        self._registry: Registry | None = None
        self.config: Config | None = None  # what the registry was built from
        self.source = b""  # and that in turn
        self._variables: dict[str, str | None] = {}  # of the environment, with their values
        self.rejected: Rejected | None = None
        self.primaries = Primaries()  # what the store holds, of models that are not listed too
        self.lost = Primaries()  # what the store has lost, until that is recorded
        self.store_down: str | None = None  # why the store does not answer, if so
        self._lock = threading.Lock()  # held to replace the registry, and never longer
        self._loading = threading.Lock()  # held to read the file: a slow reader must not win
        self._unreadable = b""
        self.loaded_at = 0

    @cached_property
    def store(self) -> Store:
        """What this worker shares with the others."""
        return get_store()

    @property
    def current(self) -> Registry:
        """The registry; read from the file at first use. Raises ConfigError then."""
        return self._registry or self.load()

    def ensure_loaded(self) -> None:
        """Read models.yaml, unless that was done. Raises ConfigError."""
        if self._registry is None:
            self.load()

    def load(self, source: bytes | None = None) -> Registry:
        """Make models.yaml current, as it is or as `source`, which was read from it.

        Raises ConfigError; what was current stays.
        """
        with self._loading:
            try:
                data = read_bytes(settings.MODELS_FILE) if source is None else source
                if self._registry is not None and self._is_in_use(data):
                    self.accept()  # it would be the same, after a second where models are many
                    return self._registry
                return self._take(data)
            except ConfigError as error:
                problems = tuple(problem.at(error.file) for problem in error.problems)
                self.rejected = Rejected(now(), problems)
                raise

    def _is_in_use(self, data: bytes) -> bool:
        """Would the file's content say what is current, with the variables as they are now?"""
        return data == self.source and self._variables == _values(self._variables)

    def _take(self, data: bytes) -> Registry:
        """Make the file's content current. Raises ConfigError."""
        found = load_config(data, settings.ENVIRON, settings.MODELS_FILE.name)
        fresh = snapshot.build(found)
        with self._lock:
            fresh = fresh.with_primaries(self.primaries.chosen, self.primaries.version)
            self.config, self.source, self._registry = found, data, fresh
            self._variables = _values(v for one in found.endpoints.values() for v in one.variables)
            self.loaded_at = int(time.time())
            self.accept()
        for warning in found.warnings:
            logger.warning("%s", warning.at(settings.MODELS_FILE.name))
        return fresh

    def accept(self) -> None:
        """Take note that the file holds what is in use. A bad edit was taken back, perhaps."""
        self.rejected = None

    def follow(self, stored: bytes, before: Primaries) -> None:
        """Take over the primaries that the store held when they were still `before` here.

        If they are not any more, a switch was made meanwhile, and what was read is old.
        """
        found = decode(stored)
        if found is None:
            return self._complain(stored)
        with self._lock:
            if self.primaries is not before or found == before or self._registry is None:
                return
            self.primaries = found
            self._registry = self._registry.with_primaries(found.chosen, found.version)
            unused = found.chosen.keys() - self._registry.primaries.keys()
        if found.version < before.version and before.chosen:
            self.lost = before
            told = ", ".join(f"{name}: {one.model}" for name, one in before.chosen.items())
            logger.warning("The store has lost the primaries that were set: %s", told)
        for capability in unused:
            model = found.chosen[capability].model
            logger.warning("The primary of %s, %s, is not in the file; unused", capability, model)

    def _complain(self, stored: bytes) -> None:
        """Log once that the store's primaries cannot be read."""
        if stored != self._unreadable:
            logger.error("The store's primaries cannot be read; the next switch replaces them")
        self._unreadable = stored

    def adopt(self, new: Primaries) -> None:
        """Use primaries that were just written, unless newer ones are there by now."""
        with self._lock:
            if new.version > self.primaries.version and self._registry is not None:
                self.primaries = new
                self._registry = self._registry.with_primaries(new.chosen, new.version)


def _values(variables: Iterable[str]) -> dict[str, str | None]:
    return {name: settings.ENVIRON.get(name) for name in variables}


def now() -> str:
    """Return this moment as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
