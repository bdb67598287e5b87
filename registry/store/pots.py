"""Pots in Redis: what was used of each budget, over all workers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import redis

from core.limits.leases import LeasesDownError
from core.limits.pots import Drawn, new_name
from registry.store.connection import connected

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.limits.pots import Draw

PREFIX = "aimodels:pot:"

# Redis runs a script atomically. Its commands count exactly; Lua's own numbers have 53 bits.
# What is more than 64 bits hold is an error of Redis, which all budgets of a pipeline would share.
DRAW = """
local used, made = unpack(redis.call('HMGET', KEYS[1], 'used', 'made'))
if not used or made ~= ARGV[4] then return false end
local sum = tonumber(used) + tonumber(ARGV[2])
if sum > 9e18 then
  used = '9000000000000000000'
  redis.call('HSET', KEYS[1], 'used', used)
elseif ARGV[2] ~= '0' then
  used = redis.call('HINCRBY', KEYS[1], 'used', ARGV[2])
end
local granted = math.max(math.min(tonumber(ARGV[3]), tonumber(ARGV[1]) - tonumber(used)), 0)
local text = string.format('%.0f', granted)
if granted > 0 then redis.call('HINCRBY', KEYS[1], 'used', text) end
return {text, redis.call('HGET', KEYS[1], 'used')}
"""
FILL = """
if redis.call('HSETNX', KEYS[1], 'made', ARGV[2]) == 1 then
  redis.call('HSET', KEYS[1], 'used', ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
return redis.call('HGET', KEYS[1], 'made')
"""


class RedisPots:
    """The pots of all workers with the same REDIS_URL."""

    shared = True

    def __init__(self, url: str) -> None:
        self._redis = connected(url)
        self._draw: Any = self._redis.register_script(DRAW)
        self._fill: Any = self._redis.register_script(FILL)

    def draw(self, draws: Collection[Draw]) -> list[Drawn | None]:
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for key, *numbers in draws:
                    self._draw(keys=[PREFIX + key], args=numbers, client=pipe)
                return [Drawn(*map(int, drawn)) if drawn else None for drawn in pipe.execute()]
        except (redis.RedisError, OSError) as error:
            raise LeasesDownError(str(error)) from None

    def fill(self, key: str, used: int, until: float) -> str:
        seconds = max(round(until - time.time()), 1)
        try:
            made = self._fill(keys=[PREFIX + key], args=[used, new_name(), seconds])
        except (redis.RedisError, OSError) as error:
            raise LeasesDownError(str(error)) from None
        return made.decode() if isinstance(made, bytes) else str(made)

    def forget(self, begin: str) -> None:
        try:
            for key in self._redis.scan_iter(f"{PREFIX}{begin}*", count=1000):
                self._redis.unlink(key)
        except (redis.RedisError, OSError) as error:
            raise LeasesDownError(str(error)) from None
