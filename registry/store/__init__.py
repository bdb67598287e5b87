"""
The state that all workers of the portal share.

    memory   in this process: the default, for one worker
    redis    in Redis, at REDIS_URL: for workers in many processes and on many hosts

A small store of bytes: primaries, health of providers, heartbeats of workers. It may lose its data:
what must last is in models.yaml and the database. To add a backend, copy a sibling and add a line
to `get_store`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from core.limits.pots import OwnPots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.limits.leases import Leases
    from core.limits.pots import Pots


class StoreDownError(Exception):
    """The store does not respond. The message contains no secret."""

    unknown = False  # may the value have been written anyway?


@dataclass(frozen=True, slots=True)
class View:
    """All data of the store at one moment. `now` is its clock, in Unix seconds."""

    now: float
    primaries: bytes = b""
    reload: bytes = b""  # changes when an operator reloads models.yaml
    health: Mapping[str, bytes] = field(default_factory=dict)  # by provider
    workers: Mapping[str, bytes] = field(default_factory=dict)  # by the worker's ID


class Store(Protocol):
    """Every method raises StoreDownError. Safe from threads."""

    shared: bool  # may there be other workers?

    def exchange(self, worker: str, beat: bytes) -> View:
        """Write a worker's heartbeat and read everything, in one round trip."""
        ...

    def forget(self, workers: list[str]) -> None: ...
    def primaries(self) -> bytes: ...
    def swap_primaries(self, old: bytes, new: bytes) -> bool:
        """Replace `old` by `new`; return False if the value is no longer `old`."""
        ...

    def put_health(self, provider: str, health: bytes) -> None: ...
    def ask_reload(self, token: bytes) -> None: ...
    def claim(self, what: str, owner: str, seconds: float) -> bool:
        """Take or renew a lease; return False while another owner holds it."""
        ...


def get_leases(worker: str) -> Leases | None:
    """Return the leases that `worker` shares with others; None if there are no others."""
    if settings.REDIS_URL:
        from registry.store.leases import RedisLeases

        return RedisLeases(settings.REDIS_URL, worker)
    return None


def get_pots() -> Pots:
    """Return what workers share of budgets; it is this process's own if there are no others."""
    if settings.REDIS_URL:
        from registry.store.pots import RedisPots

        return RedisPots(settings.REDIS_URL)
    return OwnPots()


@cache
def get_store() -> Store:
    """Return this process's store, according to the settings. Does not connect yet."""
    if settings.REDIS_URL:
        from registry.store.redis import RedisStore

        return RedisStore(settings.REDIS_URL)
    from registry.store.memory import MemoryStore

    return MemoryStore()
