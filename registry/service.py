"""
The current registry, and the only place that changes it.

Readers take `service.current` without a lock; writers read and replace under one lock, so that
no change is lost. A file that fails at the first load stops the start; there is no fallback.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from registry import config, document, snapshot
from registry.entities import Primary, may_use
from registry.errors import ConfigError, PortalError, Problem
from registry.ids import did_you_mean_model, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from pathlib import Path

    from registry.entities import Groups, Model
    from registry.snapshot import Registry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Switch:
    """What `set_primary` did: the model in force before and after."""

    capability: str
    model: str
    previous: str | None
    registry: Registry


@dataclass(frozen=True, slots=True)
class Rejected:
    """An edit of the file that cannot be used. `at` is ISO 8601 in UTC."""

    at: str
    problems: tuple[str, ...]

    def as_dict(self, *, operator: bool) -> dict[str, Any]:
        """Return what people may know of it: what is wrong is for operators."""
        return {"at": self.at, "problems": list(self.problems) if operator else []}


class RegistryService:
    """Holds the registry that this process serves, and the last edit of its file if it is bad."""

    def __init__(self) -> None:
        self._registry: Registry | None = None
        self.rejected: Rejected | None = None
        self._lock = threading.Lock()  # held to replace the registry
        self._loading = threading.Lock()  # held to read the file: a slow reader must not win
        self.loaded_at = 0

    @property
    def current(self) -> Registry:
        """The registry; read from the file at first use. Raises ConfigError then."""
        return self._registry or self.load()

    def load(self, source: bytes | None = None) -> Registry:
        """Make models.yaml current, as it is or as `source`, which was read from it.

        Raises ConfigError; what was current stays.
        """
        with self._loading:
            found = self._read(source)
            fresh = snapshot.build(found)
            with self._lock:
                old = self._registry
                if old is not None:
                    fresh = fresh.with_primaries(old.primaries, old.primaries_version)
                self._registry = fresh
                self.loaded_at = int(time.time())
                self.rejected = None
        for warning in found.warnings:
            logger.warning("%s", warning.at(settings.MODELS_FILE.name))
        for capability in (old.primaries if old else {}).keys() - fresh.primaries.keys():
            logger.warning("The primary of %s has left the file; it is dropped", capability)
        return fresh

    def accept(self) -> None:
        """Take note that the file holds what is in use: a bad edit was taken back."""
        self.rejected = None

    def _read(self, source: bytes | None) -> config.Config:
        path = settings.MODELS_FILE
        try:
            data = read_bytes(path) if source is None else source
            return config.load(data, settings.ENVIRON, path.name)
        except ConfigError as error:
            problems = tuple(problem.at(error.file) for problem in error.problems)
            self.rejected = Rejected(_now(), problems)
            raise

    def set_primary(
        self,
        capability: str,
        model_id: str,
        *,
        by: str,
        expected: Container[str] | None = None,
        record: Callable[[Switch], None] = lambda switch: None,
    ) -> Switch:
        """Make the listed model the one used for `capability`, in memory.

        `expected` holds the versions that the caller decided on; None or "*" is any. `record` is
        called before the switch takes effect: if it fails, nothing is switched.
        Raises PortalError: invalid_request (capability), model_not_found,
        capability_not_supported, precondition_failed.
        """
        current = self.current
        current.check_capability(capability)
        with self._lock:
            current = self._registry or current
            if expected is not None and current.version not in expected and "*" not in expected:
                raise PortalError(
                    "precondition_failed", "The models have changed since. Read them again."
                )
            model = listed(current, capability, model_id)
            previous = current.defaults.get(capability)
            primaries = {**current.primaries, capability: Primary(model.id, by, _now())}
            fresh = current.with_primaries(primaries, current.primaries_version + 1)
            switch = Switch(capability, model.id, previous, fresh)
            record(switch)
            self._registry = fresh
        logger.info("%s set the primary of %s to %s", by, capability, model.id)
        return switch


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def listed(registry: Registry, capability: str, model_id: str) -> Model:
    """Return the listed model that has `capability`. Raises PortalError."""
    model = registry.find(model_id)
    if model is None:
        near = did_you_mean_model(model_id[:200], (m.id for m in registry.able(capability)))
        raise PortalError(
            "model_not_found",
            f"{quote(model_id, 80)} is not listed.{near} GET /v1/ai/models lists what is.",
            param="model",
        )
    registry.resolve(capability, model.id)
    return model


def read(path: Path) -> config.Config:
    """Return what the file at `path` says. Raises ConfigError, which names the file."""
    return config.load(read_bytes(path), settings.ENVIRON, path.name)


def read_bytes(path: Path) -> bytes:
    """Return a file's content, up to a little over the limit. Raises ConfigError."""
    try:
        if not path.is_file():
            raise ConfigError([Problem(0, 0, _absent(path))], path.name)
        with path.open("rb") as file:
            return file.read(document.MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            [Problem(0, 0, f"It cannot be read: {error.strerror}.")], path.name
        ) from None


def _absent(path: Path) -> str:
    what = "It is not a file" if path.exists() else "There is no such file"
    advice = " Set MODELS_FILE to where models.yaml is." if path == settings.MODELS_FILE else ""
    return f"{what} ({path}).{advice}"


def get_models(
    registry: Registry, capability: str = "", groups: Groups | None = None
) -> dict[str, Any]:
    """Return `{defaults, primaries, models}` as the API shows them to members of `groups`."""
    if capability:
        registry.check_capability(capability)
    seen = [model for model in registry.models.values() if may_use(model.allow, groups)]
    ids = {model.id for model in seen}
    primaries = {
        name: {"model": primary.model, "by": primary.by, "at": primary.at}
        for name, primary in registry.primaries.items()
        if primary.model in ids
    }
    return {
        "defaults": {name: id_ for name, id_ in registry.defaults.items() if id_ in ids},
        "primaries": primaries,
        "models": [describe(m) for m in seen if not capability or capability in m.capabilities],
    }


def describe(model: Model) -> dict[str, Any]:
    """Return what every user may know of `model`."""
    ref = model.ref
    return {
        "id": model.id,
        "provider": model.provider,
        "name": model.name,
        "title": model.title,
        "capabilities": list(model.capabilities),
        "description": ref.description,
        "context_window": ref.context_window,
        "deprecated": ref.deprecated,
        "replacement": ref.replacement,
        "price": ref.price.model_dump() if ref.price else None,
    }


service = RegistryService()
