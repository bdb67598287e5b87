"""A limit of units in a minute: how many pass, and when the next one does."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from core.limits.errors import LimitedError
from core.limits.rate import Rate
from core.limits.source import Source
from tests.support.servers.redis_server import needs_redis

if TYPE_CHECKING:
    from tests.core.limits.conftest import Workers
    from tests.support.servers.redis_server import RedisServer


BURST = range(60, 65)  # the units of a minute, and those that come back on a busy machine
FEW = range(5)


async def passed(rates: list[Rate], tries: int, limit: float = 60, key: str = "me") -> int:
    async def attempt(number: int) -> bool:
        try:
            await rates[number % len(rates)].take(key, limit)
        except LimitedError:
            return False
        return True

    return sum(await asyncio.gather(*map(attempt, range(tries))))


async def wait_of(rate: Rate, limit: float = 60) -> float:
    """Take what is left, and return how long the refusal says to wait."""
    for _ in range(1000):
        try:
            await rate.take("me", limit)
        except LimitedError as error:
            return error.wait
    raise AssertionError("there is no limit")


async def test_one_worker_lets_the_units_of_a_minute_pass_at_once() -> None:
    rate = Rate("r", Source())
    assert await passed([rate], 200) in BURST
    assert 0 < await wait_of(rate) <= 1


async def test_zero_is_no_limit() -> None:
    assert await passed([Rate("r", Source())], 2000, limit=0) == 2000


async def test_people_have_limits_of_their_own() -> None:
    rate = Rate("r", Source())
    assert await passed([rate], 100, key="you") in BURST
    assert await passed([rate], 100, key="me") in BURST


async def test_the_next_unit_is_there_when_the_refusal_says() -> None:
    rate = Rate("r", Source())
    await passed([rate], 700, limit=600)
    await asyncio.sleep(await wait_of(rate, 600))
    await rate.take("me", 600)


async def test_an_unused_reserve_does_not_add_to_the_next_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rate = Rate("r", Source())
    assert await passed([rate], 1) == 1
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 3600)
    rate.give_back()
    assert await passed([rate], 200) in BURST


async def test_what_was_used_beyond_the_limit_delays_the_next_request() -> None:
    rate = Rate("r", Source())
    await rate.take("me", 600)
    rate.charge("me", 600, 1200)
    assert 55 < await wait_of(rate, 600) <= 61


async def test_no_one_waits_longer_than_an_hour_whatever_a_provider_counts() -> None:
    rate = Rate("r", Source())
    rate.charge("me", 600, 9e18)
    assert 3000 < await wait_of(rate, 600) < 3600


async def test_a_blocking_caller_has_the_same_limit() -> None:
    rate = Rate("r", Source())
    await passed([rate], 59)
    rate.take_blocking("me", 60)
    with pytest.raises(LimitedError):
        rate.take_blocking("me", 60)


@needs_redis
@pytest.mark.parametrize("share", [1, 2])
async def test_workers_share_one_limit(workers: Workers, share: int) -> None:
    rates = [Rate("r", worker) for worker in workers]
    assert await passed(rates[:share], 200) in BURST
    assert await passed(rates, 50) in FEW


@needs_redis
async def test_a_refused_caller_costs_no_round_trips(workers: Workers, redis: RedisServer) -> None:
    rate = Rate("r", workers[0])
    assert await passed([rate], 10, limit=1) == 1
    redis.kill()  # asking it would now give this worker's share
    assert await passed([rate], 100, limit=1) == 0


@needs_redis
async def test_a_worker_gives_back_what_it_does_not_use(workers: Workers) -> None:
    mine, other = (Rate("r", worker) for worker in workers)
    assert await passed([mine], 1) == 1  # holds five more
    assert await passed([other], 200) in range(54, 60)
    await asyncio.sleep(2.1)
    mine.give_back()
    await asyncio.sleep(1)
    assert await passed([other], 200) in range(6, 14)


@needs_redis
async def test_debts_are_those_of_all_workers(workers: Workers) -> None:
    mine, other = (Rate("r", worker) for worker in workers)
    await mine.take("me", 600)
    mine.charge("me", 600, 1200)
    mine.give_back()
    assert 55 < await wait_of(other, 600) <= 61


@needs_redis
async def test_no_debt_at_redis_is_longer_than_an_hour(workers: Workers) -> None:
    mine, other = (Rate("r", worker) for worker in workers)
    mine.charge("me", 600, 9e18)
    mine.give_back()
    assert 3000 < await wait_of(other, 600) < 3600


@needs_redis
async def test_without_redis_each_worker_has_its_share(
    workers: Workers, redis: RedisServer
) -> None:
    redis.kill()
    for worker in workers:
        worker.share.workers = 2
    assert await passed([Rate("r", worker) for worker in workers], 200) in BURST
