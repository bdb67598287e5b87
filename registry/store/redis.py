"""The store of many workers: Redis 6.2 or newer, or a compatible server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import redis
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

from registry.store import StoreDownError, View

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "aimodels:"
PRIMARIES, RELOAD, HEALTH, WORKERS = (
    PREFIX + name for name in ("primaries", "reload", "health", "workers")
)
TIMEOUT = 1.0  # seconds; only the switch of a primary waits for it

# Redis runs a script atomically: nothing changes between the read and the write.
SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
CLAIM = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class RedisStore:
    """Shared by all workers with the same REDIS_URL."""

    shared = True

    def __init__(self, url: str) -> None:
        def client(retries: int) -> Any:
            retry = Retry(NoBackoff(), retries)
            return redis.Redis.from_url(
                url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=retry
            )

        try:
            self._redis = client(1)  # replaces a connection that broke while idle
            writer = client(0)  # a swap that may have been made must not be retried
        except ValueError:
            raise ImproperlyConfigured(
                "REDIS_URL is not valid. Write redis://host:port/0, or rediss:// for TLS."
            ) from None
        self._swap: Any = writer.register_script(SWAP)
        self._claim: Any = self._redis.register_script(CLAIM)

    def exchange(self, worker: str, beat: bytes) -> View:
        with _answering(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(WORKERS, worker, beat)
            pipe.time().get(PRIMARIES).get(RELOAD).hgetall(HEALTH).hgetall(WORKERS)
            _, (seconds, micros), primaries, reload, health, workers = pipe.execute()
        now = seconds + micros / 1e6
        return View(now, primaries or b"", reload or b"", _named(health), _named(workers))

    def forget(self, workers: list[str]) -> None:
        with _answering():
            self._redis.hdel(WORKERS, *workers)

    def primaries(self) -> bytes:
        with _answering():
            return bytes(self._redis.get(PRIMARIES) or b"")

    def swap_primaries(self, old: bytes, new: bytes) -> bool:
        with _answering():
            return bool(self._swap(keys=[PRIMARIES], args=[old, new]))

    def put_health(self, provider: str, health: bytes) -> None:
        with _answering():
            self._redis.hset(HEALTH, provider, health)

    def ask_reload(self, token: bytes) -> None:
        with _answering():
            self._redis.set(RELOAD, token)

    def claim(self, what: str, owner: str, seconds: float) -> bool:
        with _answering():
            return bool(
                self._claim(keys=[f"{PREFIX}lease:{what}"], args=[owner, int(seconds * 1000)])
            )


def _named(values: dict[bytes, bytes]) -> dict[str, bytes]:
    return {name.decode(errors="replace"): value for name, value in values.items()}


@contextmanager
def _answering() -> Iterator[None]:
    """Turn every failure of Redis into StoreDownError."""
    try:
        yield
    except (redis.RedisError, OSError) as error:
        # The message of the client contains the address, never the password.
        raise StoreDownError(str(error)) from None
