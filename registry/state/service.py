"""
The service that provides the current registry, and that alone changes the primaries.

Primaries are in the store, which all workers share: a change is made there first, and recorded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from core.errors import PortalError
from registry.entities import Primary
from registry.listing import check_current, listed
from registry.state.current import CurrentRegistry, now
from registry.state.primaries import Primaries, decode, encode
from registry.store import StoreDownError

if TYPE_CHECKING:
    from collections.abc import Container

    from registry.snapshot import Registry

logger = logging.getLogger(__name__)
Record = Callable[["Switch"], AbstractContextManager[Any]]
Change = Callable[["Registry", Primaries], Primaries]  # the old primaries → the new
NOTHING = "Nothing was changed."
UNKNOWN = "The change may have been made. Check before you retry."


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of a primary: the default model before and after, if any."""

    capability: str
    model: str | None
    previous: str | None
    registry: Registry


class _ConflictError(Exception):
    """Another worker changed the primaries first."""


class RegistryService(CurrentRegistry):
    """Holds the registry, and changes its primaries."""

    def __init__(self) -> None:
        super().__init__()
        self._switching = threading.Lock()  # held to change primaries: database and store may wait

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
        """Use the listed model for `capability`, on all workers.

        `force` allows a deprecated model. `expected` holds the versions that the caller has seen;
        None or "*" is any. `record` is a context manager around the change: if it fails, nothing
        changes; if the change fails, it exits with the error.
        Raises PortalError: invalid_request (capability), model_not_found, model_deprecated,
        capability_not_supported, precondition_failed, store_unavailable.
        """
        self.current.check_capability(capability)

        def change(registry: Registry, primaries: Primaries) -> Primaries:
            model = listed(registry, capability, model_id)
            if not force:
                check_current(model)
            primary = Primary(model.id, by, now(), reason)
            return primaries.having(capability, primary, time.time())

        switch = self._change(capability, change, expected, record)
        # Who did it is in the record of changes: logs have no names of people.
        logger.info("The primary of %s is now %s", capability, switch.model)
        return switch

    def reset_primary(
        self,
        capability: str,
        *,
        by: str,
        expected: Container[str] | None = None,
        record: Record = nullcontext,
    ) -> Switch:
        """Go back to the file's default for `capability`. Raises the same as `set_primary`."""
        self.current.check_capability(capability)

        def change(registry: Registry, primaries: Primaries) -> Primaries:
            if capability not in primaries.chosen:
                return primaries
            return primaries.without(capability, time.time())

        switch = self._change(capability, change, expected, record)
        logger.info("The primary of %s was reset", capability)
        return switch

    def drop_primary(self, capability: str, model: str, record: Record = nullcontext) -> None:
        """Drop the primary `model`, which the file no longer lists, unless another worker did.

        Raises PortalError `store_unavailable`.
        """

        def change(registry: Registry, primaries: Primaries) -> Primaries:
            chosen = primaries.chosen.get(capability)
            gone = capability not in registry.primaries  # which has only listed models
            if chosen is None or chosen.model != model or not gone:
                return primaries
            return primaries.without(capability, time.time())

        self._change(capability, change, None, lambda s: record(replace(s, previous=model)))
        logger.warning("The primary of %s is no longer in the file; it is dropped", capability)

    def _change(
        self,
        capability: str,
        change: Change,
        expected: Container[str] | None,
        record: Record,
    ) -> Switch:
        """Apply `change` to the store's newest state. Retry while other workers are faster."""
        with self._switching:
            while True:
                if self.store_down is not None:
                    raise _unavailable(NOTHING)  # at once: do not make the caller wait
                try:
                    return self._change_once(capability, change, expected, record)
                except _ConflictError:
                    continue
                except StoreDownError as error:
                    logger.warning("A switch failed because of the store: %s", error)
                    raise _unavailable(UNKNOWN if error.unknown else NOTHING) from None
                except DatabaseError as error:
                    logger.warning("A switch failed because of the database: %s", error)
                    message = "The portal's database is busy. Nothing was changed."
                    raise PortalError("overloaded", message, retry_after=1) from None

    def _change_once(
        self,
        capability: str,
        change: Change,
        expected: Container[str] | None,
        record: Record,
    ) -> Switch:
        stored = self.store.primaries()
        old = decode(stored) or Primaries()
        before = self.current.with_primaries(old.chosen, old.version)
        if expected is not None and before.version not in expected and "*" not in expected:
            message = "The models have changed. Read them again."
            raise PortalError("precondition_failed", message)
        new = change(before, old)
        fresh = before.with_primaries(new.chosen, new.version)
        switch = Switch(
            capability, fresh.defaults.get(capability), before.defaults.get(capability), fresh
        )
        if new != old:
            self._write(stored, new, old, record(switch))
        self.adopt(new)
        return switch

    def _write(
        self, stored: bytes, new: Primaries, old: Primaries, record: AbstractContextManager[Any]
    ) -> None:
        """Replace `stored` by `new`, and keep the record only if that succeeds."""
        done = False
        try:
            with record:
                done = self._swap(stored, encode(new))
                if not done:
                    raise _ConflictError
        except Exception:
            if done:  # but the record failed
                undone = Primaries(new.version + 1, old.chosen)
                self._swap(encode(new), encode(undone))
            raise

    def _swap(self, old: bytes, new: bytes) -> bool:
        """Swap. If the answer is lost, read whether the swap was made."""
        try:
            return self.store.swap_primaries(old, new)
        except StoreDownError as error:
            try:
                return self.store.primaries() == new
            except StoreDownError:
                error.unknown = True
                raise error from None


def _unavailable(what: str) -> PortalError:
    message = f"The store that all workers share (REDIS_URL) does not respond. {what}"
    return PortalError("store_unavailable", message, retry_after=2)


service = RegistryService()
