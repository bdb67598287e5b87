"""Pots in Redis: what was used of each budget, over all workers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import redis

from core.limits.leases import LeasesDownError
from core.limits.pots import Drawn
from registry.store.connection import connected

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.limits.pots import Draw

PREFIX = "aimodels:budget:"

# Redis runs a script atomically. Its commands count exactly; Lua's own numbers have 53 bits.
DRAW = """
local used = redis.call('GET', KEYS[1])
if not used then return false end
if ARGV[2] ~= '0' then used = redis.call('INCRBY', KEYS[1], ARGV[2]) end
local granted = math.max(math.min(tonumber(ARGV[3]), tonumber(ARGV[1]) - tonumber(used)), 0)
local text = string.format('%.0f', granted)
if granted > 0 then redis.call('INCRBY', KEYS[1], text) end
return {text, redis.call('GET', KEYS[1])}
"""


class RedisPots:
    """The pots of all workers with the same REDIS_URL."""

    shared = True

    def __init__(self, url: str) -> None:
        self._redis = connected(url)
        self._draw: Any = self._redis.register_script(DRAW)

    def draw(self, draws: Collection[Draw]) -> list[Drawn | None]:
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for key, most, owed, wanted in draws:
                    self._draw(keys=[PREFIX + key], args=[most, owed, wanted], client=pipe)
                return [Drawn(*map(int, drawn)) if drawn else None for drawn in pipe.execute()]
        except (redis.RedisError, OSError) as error:
            raise LeasesDownError(str(error)) from None

    def fill(self, key: str, used: int, until: float) -> None:
        seconds = max(round(until - time.time()), 1)
        try:
            self._redis.set(PREFIX + key, used, nx=True, ex=seconds)
        except (redis.RedisError, OSError) as error:
            raise LeasesDownError(str(error)) from None
