"""Leases from Redis: what one person may use, over all workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import redis

from core.limits.leases import GONE_SECONDS, MAX_DEBT, WINDOW, LeasesDownError, Taken
from registry.store.connection import connected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.limits.leases import Hold

PREFIX = "aimodels:limit:"

# Redis runs a script atomically. It keeps when all units of a minute are there again, in seconds.
TAKE = """
local each, owed, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window, most = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + owed * each
due = math.min(due, now + most)
local granted = math.max(math.min(wanted, math.floor((now + window - due) / each + 1e-6)), 0)
due = due + granted * each
if due > now then
    redis.call('SET', KEYS[1], string.format('%.6f', due), 'PX', math.ceil((due - now) * 1000))
else
    redis.call('DEL', KEYS[1])
end
return {tostring(granted), string.format('%.6f', due - now - window + each)}
"""
# A hash of workers: how many places each holds, until when, and how many it wants. Where they want
# more than there are, those that want more than an even part get one each. What is left over goes
# round, a second each: else a single place would stay with one worker for as long as it has use for
# it. A worker holds what it uses, even where it may use less now.
HOLD = """
local me, capacity, wanted = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local used, seconds = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now, others = time[1] + time[2] / 1e6, 0
local names, wants = {me}, {[me] = wanted}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
    local count, ends, want = string.match(all[i + 1], '^(%d+) (%S+) (%d+)$')
    if tonumber(ends) <= now then
        redis.call('HDEL', KEYS[1], all[i])
    elseif all[i] ~= me then
        others = others + tonumber(count)
        names[#names + 1] = all[i]
        wants[all[i]] = tonumber(want)
    end
end
local part, left = wanted, capacity
table.sort(names, function(a, b)
    if wants[a] == wants[b] then return a < b end
    return wants[a] < wants[b]
end)
for i, name in ipairs(names) do
    local rest = #names - i + 1
    if wants[name] * rest > left then
        local greedy, rank = {unpack(names, i)}, nil
        table.sort(greedy)
        for j, other in ipairs(greedy) do
            if other == me then rank = j end
        end
        if rank then
            part = math.floor(left / rest)
            if (rank + math.floor(now)) % rest < left % rest then part = part + 1 end
        end
        break
    end
    left = left - wants[name]
end
local granted = math.max(math.min(wanted, part, capacity - others), 0)
local held = math.max(granted, used)
if held > 0 or wanted > 0 then
    local ends = string.format('%.3f', now + seconds)
    redis.call('HSET', KEYS[1], me, held .. ' ' .. ends .. ' ' .. wanted)
    redis.call('EXPIRE', KEYS[1], math.ceil(seconds))
else
    redis.call('HDEL', KEYS[1], me)
end
return granted
"""


class RedisLeases:
    """The leases of all workers with the same REDIS_URL. `worker` is this one's ID."""

    shared = True

    def __init__(self, url: str, worker: str) -> None:
        self._worker = worker
        self._redis = connected(url)
        self._take: Any = self._redis.register_script(TAKE)
        self._hold: Any = self._redis.register_script(HOLD)

    def take(self, key: str, per_minute: float, owed: float, wanted: float) -> Taken:
        arguments = [WINDOW / per_minute, owed, wanted, WINDOW, MAX_DEBT]
        try:
            granted, wait = self._take(keys=[PREFIX + key], args=arguments)
        except (redis.RedisError, OSError) as error:
            raise LeasesDownError(str(error)) from None
        return Taken(float(granted)) if float(granted) > 0 else Taken(0.0, float(wait))

    def hold(self, holds: Iterable[Hold]) -> list[int]:
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for key, capacity, wanted, used in holds:
                    arguments = [self._worker, capacity, wanted, used, GONE_SECONDS]
                    self._hold(keys=[PREFIX + key], args=arguments, client=pipe)
                return [int(held) for held in pipe.execute()]
        except (redis.RedisError, OSError) as error:
            raise LeasesDownError(str(error)) from None
