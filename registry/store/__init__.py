"""
What all workers of the portal share, and where it is kept.

    memory   in this process: the default, for one worker
    shared   in Redis, named by REDIS_URL: for workers in many processes and on many hosts

A small store of bytes: which primaries were set, how providers do, who works and what each worker
uses. It is in memory by design: models.yaml and the database hold what must last. To add a
backend, copy a sibling and give it a line in `get_store`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Mapping


class StoreDownError(Exception):
    """The store does not answer. The message holds no secret."""

    unknown = False  # whether what was to be written is there


@dataclass(frozen=True, slots=True)
class View:
    """All that the store holds, read at one moment. `now` is its clock, in Unix seconds."""

    now: float
    primaries: bytes = b""
    reload: bytes = b""  # changes when an operator wants models.yaml read at once
    health: Mapping[str, bytes] = field(default_factory=dict)  # by provider
    workers: Mapping[str, bytes] = field(default_factory=dict)  # by the worker's ID


class Store(Protocol):
    """Every method raises StoreDownError. Safe from threads."""

    shared: bool  # may there be other workers?

    def exchange(self, worker: str, beat: bytes) -> View:
        """Write a worker's beat and read everything: one round trip."""
        ...

    def forget(self, workers: list[str]) -> None: ...
    def primaries(self) -> bytes: ...
    def swap_primaries(self, old: bytes, new: bytes) -> bool:
        """Replace `old` by `new`; False if something else is there by now."""
        ...

    def put_health(self, provider: str, health: bytes) -> None: ...
    def ask_reload(self, token: bytes) -> None: ...
    def claim(self, what: str, owner: str, seconds: float) -> bool:
        """Take or renew a lease; False while somebody else holds it."""
        ...


@cache
def get_store() -> Store:
    """Return the store that the settings name, one for this process. Connects to nothing yet."""
    if settings.REDIS_URL:
        from registry.store.redis import RedisStore

        return RedisStore(settings.REDIS_URL)
    from registry.store.memory import MemoryStore

    return MemoryStore()
