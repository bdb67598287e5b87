"""Things that are under way at once: how many, over all workers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.limits.errors import LimitedError
from core.limits.places import REFUSED_SECONDS, Places
from core.limits.source import Source
from tests.core.limits.conftest import worker
from tests.support.servers.redis_server import needs_redis

if TYPE_CHECKING:
    from tests.core.limits.conftest import Workers
    from tests.support.servers.redis_server import RedisServer


async def entered(all_places: list[Places], tries: int, capacity: int = 10) -> int:
    async def attempt(number: int) -> bool:
        try:
            await all_places[number % len(all_places)].enter("me", capacity)
        except LimitedError:
            return False
        return True

    return sum(await asyncio.gather(*map(attempt, range(tries))))


async def test_one_worker_has_all_places() -> None:
    places = Places("p", Source())
    assert await entered([places], 30) == 10
    places.leave("me")
    assert await entered([places], 30) == 1


async def test_zero_is_no_limit() -> None:
    places = Places("p", Source())
    assert await entered([places], 500, capacity=0) == 500
    places.renew()
    for _ in range(500):
        places.leave("me")


async def test_a_limit_that_becomes_less_ends_nothing_and_lets_none_in() -> None:
    places = Places("p", Source())
    assert await entered([places], 10) == 10
    places.renew()
    assert await entered([places], 1, capacity=5) == 0
    for _ in range(6):
        places.leave("me")
    assert await entered([places], 10, capacity=5) == 1


async def test_no_one_is_remembered_who_has_nothing_under_way() -> None:
    places = Places("p", Source())
    await entered([places], 3)
    for _ in range(3):
        places.leave("me")
    places.renew()
    assert not places._places


@needs_redis
@pytest.mark.parametrize("capacity", [1, 10, 100])
async def test_workers_share_the_places(workers: Workers, capacity: int) -> None:
    both = [Places("p", worker) for worker in workers]
    assert await entered(both, 3 * capacity + 20, capacity) == capacity


@needs_redis
async def test_a_worker_gives_back_what_it_does_not_use(workers: Workers) -> None:
    mine, other = (Places("p", worker) for worker in workers)
    assert await entered([mine], 1, 100) == 1  # holds five more
    assert await entered([other], 200, 100) == 94
    mine.renew()
    await asyncio.sleep(REFUSED_SECONDS)
    assert await entered([other], 200, 100) == 5


@needs_redis
async def test_places_of_a_dead_worker_are_free_again(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.store.leases.GONE_SECONDS", 3.0)
    dead, other = (Places("p", worker(redis, name)) for name in "ab")
    assert await entered([dead], 10) == 10
    assert await entered([other], 10) == 0
    await asyncio.sleep(3.1)
    assert await entered([other], 10) == 10


@needs_redis
async def test_places_in_use_stay_taken(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.store.leases.GONE_SECONDS", 3.0)
    busy, other = (Places("p", worker(redis, name)) for name in "ab")
    assert await entered([busy], 10) == 10
    for _ in range(8):
        await asyncio.sleep(0.5)
        busy.renew()
    assert await entered([other], 10) == 0


@needs_redis
async def test_without_redis_each_worker_has_its_share(
    workers: Workers, redis: RedisServer
) -> None:
    redis.kill()
    for source in workers:
        source.share.workers = 2
    assert await entered([Places("p", source) for source in workers], 50) == 10


@needs_redis
async def test_a_redis_that_lost_its_data_learns_again(
    workers: Workers, redis: RedisServer
) -> None:
    mine, other = (Places("p", source) for source in workers)
    assert await entered([mine], 10) == 10
    redis.kill()
    redis.start()
    mine.renew()
    assert await entered([other], 10) == 0
