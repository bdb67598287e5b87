"""
The current registry, and the only place that changes it.

Readers take `service.current` without a lock; writers read and replace under one lock, so that
no change is lost. A file that fails at the first load stops the start; there is no fallback.
Primaries live in the store, which all workers share: a change is made there first.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError

from registry import config, snapshot
from registry.entities import Primary
from registry.errors import ConfigError, PortalError
from registry.listing import check_current, listed
from registry.primaries import Primaries, decode, encode
from registry.source import read_bytes
from registry.store import StoreDownError, open_store

if TYPE_CHECKING:
    from collections.abc import Container

    from registry.snapshot import Registry
    from registry.store import Store

logger = logging.getLogger(__name__)
Record = Callable[["Switch"], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Switch:
    """What a change of a primary did: the model in force before and after, if any."""

    capability: str
    model: str | None
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


class _OutrunError(Exception):
    """Another worker changed the primaries first."""


class RegistryService:
    """Holds the registry that this worker serves, and the last edit of its file if it is bad."""

    def __init__(self) -> None:
        self._registry: Registry | None = None
        self.config: config.Config | None = None  # what the registry was built from
        self.source = b""  # and that in turn
        self.rejected: Rejected | None = None
        self.primaries = Primaries()  # what the store holds, of models that are not listed too
        self.lost = Primaries()  # what the store has lost, until that is recorded
        self.store_down: str | None = None  # why the store does not answer, if so
        self._lock = threading.Lock()  # held to replace the registry, and never longer
        self._switching = threading.Lock()  # held to change primaries: database and store may wait
        self._loading = threading.Lock()  # held to read the file: a slow reader must not win
        self._unreadable = b""
        self.loaded_at = 0

    @cached_property
    def store(self) -> Store:
        """What this worker shares with the others."""
        return open_store()

    @property
    def current(self) -> Registry:
        """The registry; read from the file at first use. Raises ConfigError then."""
        return self._registry or self.load()

    def load(self, source: bytes | None = None) -> Registry:
        """Make models.yaml current, as it is or as `source`, which was read from it.

        Raises ConfigError; what was current stays.
        """
        with self._loading:
            data, found = self._read(source)
            fresh = snapshot.build(found)
            with self._lock:
                fresh = fresh.with_primaries(self.primaries.chosen, self.primaries.version)
                self.config, self.source, self._registry = found, data, fresh
                self.loaded_at = int(time.time())
                self.rejected = None
        for warning in found.warnings:
            logger.warning("%s", warning.at(settings.MODELS_FILE.name))
        return fresh

    def accept(self) -> None:
        """Take note that the file holds what is in use: a bad edit was taken back."""
        self.rejected = None

    def _read(self, source: bytes | None) -> tuple[bytes, config.Config]:
        path = settings.MODELS_FILE
        try:
            data = read_bytes(path) if source is None else source
            return data, config.load(data, settings.ENVIRON, path.name)
        except ConfigError as error:
            problems = tuple(problem.at(error.file) for problem in error.problems)
            self.rejected = Rejected(_now(), problems)
            raise

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

    def set_primary(
        self,
        capability: str,
        model_id: str,
        *,
        by: str,
        reason: str = "",
        force: bool = False,
        expected: Container[str] | None = None,
        record: Record = nullcontext,
    ) -> Switch:
        """Make the listed model the one used for `capability`, on all workers.

        `force` takes a deprecated model too. `expected` holds the versions that the caller decided
        on; None or "*" is any. `record` is entered before the switch takes effect: if it fails,
        nothing is switched; if the switch fails, it is left with the error.
        Raises PortalError: invalid_request (capability), model_not_found, model_deprecated,
        capability_not_supported, precondition_failed, store_unavailable.
        """
        self.current.check_capability(capability)

        def change(registry: Registry, primaries: Primaries) -> Primaries:
            model = listed(registry, capability, model_id)
            if not force:
                check_current(model)
            primary = Primary(model.id, by, _now(), reason)
            return primaries.having(capability, primary, time.time())

        switch = self._change(capability, change, expected, record)
        logger.info("%s set the primary of %s to %s: %s", by, capability, switch.model, reason)
        return switch

    def reset_primary(
        self,
        capability: str,
        *,
        by: str,
        expected: Container[str] | None = None,
        record: Record = nullcontext,
    ) -> Switch:
        """Go back to what the file says for `capability`, set or not. Raises as `set_primary`."""
        self.current.check_capability(capability)

        def change(registry: Registry, primaries: Primaries) -> Primaries:
            if capability not in primaries.chosen:
                return primaries
            return primaries.without(capability, time.time())

        switch = self._change(capability, change, expected, record)
        logger.info("%s took the primary of %s off", by, capability)
        return switch

    def drop_primary(self, capability: str, model: str, record: Record = nullcontext) -> None:
        """Take off the primary `model`, which the file no longer offers, unless another worker did.

        Raises PortalError `store_unavailable`.
        """

        def change(registry: Registry, primaries: Primaries) -> Primaries:
            chosen = primaries.chosen.get(capability)
            gone = capability not in registry.primaries  # of those that this file offers
            if chosen is None or chosen.model != model or not gone:
                return primaries
            return primaries.without(capability, time.time())

        self._change(capability, change, None, lambda s: record(replace(s, previous=model)))
        logger.warning("The primary of %s has left the file; it is dropped", capability)

    def _change(
        self,
        capability: str,
        change: Callable[[Registry, Primaries], Primaries],
        expected: Container[str] | None,
        record: Record,
    ) -> Switch:
        """Let `change` decide on the store's newest state, until no other worker is faster."""
        if self.store_down is not None:
            raise _unavailable(NOTHING)  # at once: others wait for the same store
        with self._switching:
            while True:
                try:
                    return self._change_once(capability, change, expected, record)
                except _OutrunError:
                    continue
                except StoreDownError as error:
                    logger.warning("A switch failed, because the store did: %s", error)
                    raise _unavailable(UNKNOWN if error.unknown else NOTHING) from None
                except DatabaseError as error:
                    logger.warning("A switch failed, because the database did: %s", error)
                    message = "The portal's database is busy. Nothing was changed."
                    raise PortalError("overloaded", message, retry_after=1) from None

    def _change_once(
        self,
        capability: str,
        change: Callable[[Registry, Primaries], Primaries],
        expected: Container[str] | None,
        record: Record,
    ) -> Switch:
        stored = self.store.primaries()
        old = decode(stored) or Primaries()
        before = self.current.with_primaries(old.chosen, old.version)
        if expected is not None and before.version not in expected and "*" not in expected:
            message = "The models have changed since. Read them again."
            raise PortalError("precondition_failed", message)
        new = change(before, old)
        fresh = before.with_primaries(new.chosen, new.version)
        switch = Switch(
            capability, fresh.defaults.get(capability), before.defaults.get(capability), fresh
        )
        if new != old:
            self._write(stored, new, old, record(switch))
        self._adopt(new)
        return switch

    def _write(
        self, stored: bytes, new: Primaries, old: Primaries, record: AbstractContextManager[Any]
    ) -> None:
        """Put `new` in the place of what was `stored`, and keep the record only if that is done."""
        done = False
        try:
            with record:
                done = self._swap(stored, encode(new))
                if not done:
                    raise _OutrunError
        except Exception:
            if done:  # but the record could not be kept
                undone = Primaries(new.version + 1, old.chosen)
                self._swap(encode(new), encode(undone))
            raise

    def _swap(self, old: bytes, new: bytes) -> bool:
        """Swap, and find out whether it was done where the answer was lost."""
        try:
            return self.store.swap_primaries(old, new)
        except StoreDownError as error:
            try:
                return self.store.primaries() == new
            except StoreDownError:
                error.unknown = True
                raise error from None

    def _adopt(self, new: Primaries) -> None:
        with self._lock:
            if new.version > self.primaries.version and self._registry is not None:
                self.primaries = new
                self._registry = self._registry.with_primaries(new.chosen, new.version)


NOTHING = "Nothing was changed."
UNKNOWN = "It is not known whether the change was made: look before you repeat it."


def _unavailable(what: str) -> PortalError:
    message = f"The store that all workers share (REDIS_URL) does not answer. {what}"
    return PortalError("store_unavailable", message, retry_after=2)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


service = RegistryService()
