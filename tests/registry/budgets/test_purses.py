"""Purses of two workers over one pot, in a real Redis, and of one worker over its own."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from core.limits.leases import LeasesDownError
from registry.budgets.purse import LAG_SECONDS, Purse
from registry.budgets.purses import AWAY_SECONDS, Purses
from registry.store import connection
from registry.store.pots import RedisPots
from tests.support.servers.redis_server import needs_redis

if TYPE_CHECKING:
    from tests.support.servers.redis_server import RedisServer

    Two = tuple[Purses, Purses]


MOST = 1000
TOMORROW = time.time() + 86_400


def purse(purses: Purses, before: int = 0, most: int = MOST) -> Purse:
    return purses.of("lunch", most, TOMORROW, lambda: before)


def take(purses: Purses, amount: int, before: int = 0, most: int = MOST) -> int:
    """Take an amount, or what is left."""
    one = purse(purses, before, most)
    return amount if purses.take(one, amount) else purses.draw(one, amount)


def use(purses: Purses, amount: int, before: int = 0) -> int:
    """Take an amount and settle it; return what was taken."""
    taken = take(purses, amount, before)
    purses.settle(purse(purses), taken, taken)
    return taken


@pytest.fixture(params=["own", pytest.param("redis", marks=needs_redis)])
def purses(request: pytest.FixtureRequest) -> Purses:
    purses = Purses()
    if request.param == "redis":
        purses.pots = RedisPots(request.getfixturevalue("redis").url)
    return purses


@pytest.fixture
def two(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Two:
    monkeypatch.setattr(connection, "TIMEOUT", 30.0)  # on a busy machine it answers late
    both = Purses(), Purses()
    for purses in both:
        purses.pots = RedisPots(redis.url)
        purses.tick(2)
    return both


def test_all_of_a_budget_is_used_and_no_more(purses: Purses) -> None:
    assert [use(purses, 300) for _ in range(5)] == [300, 300, 300, 100, 0]


def test_what_the_ledger_has_is_used_already(purses: Purses) -> None:
    assert use(purses, 300, before=900) == 100
    assert use(purses, 300, before=0) == 0  # it was asked once


def test_what_was_reserved_and_not_used_is_there_again(purses: Purses) -> None:
    assert take(purses, 900) == 900
    assert take(purses, 200) == 100
    purses.settle(purse(purses), 900, 50)
    assert take(purses, 800) == 800


def test_who_uses_more_than_was_reserved_is_charged(purses: Purses) -> None:
    taken = take(purses, 10)
    purses.settle(purse(purses), taken, MOST + 500)
    assert use(purses, 1) == 0
    purses.tick(1)
    assert purse(purses).used == MOST + 500


def test_a_budget_that_was_raised_has_more(purses: Purses) -> None:
    assert use(purses, MOST) == MOST
    assert use(purses, 1) == 0
    assert take(purses, 100, most=MOST + 50) == 50


def test_money_is_counted_in_its_smallest_parts(purses: Purses) -> None:
    million, one = 10**18, purses.of("money", 10**18, TOMORROW, lambda: 3)
    taken = purses.draw(one, million)
    assert abs(taken - (million - 3)) < 1000  # parts: Redis compares numbers of 53 bits


def test_a_budget_that_was_exceeded_far_leaves_others_alone(purses: Purses) -> None:
    """Of one that refuses nothing, more may be used than 64 bits hold."""
    rupiah = purses.of("rupiah", 10**18, TOMORROW, lambda: 9 * 10**18)
    assert purses.draw(rupiah, 1) == 0
    assert use(purses, 300) == 300
    for _ in range(3):
        purses.settle(rupiah, 0, 10**18)
        purses.settle(purse(purses), 0, 50)
        purse(purses).asked_at -= 60
        purses.tick(1)
    assert rupiah.used is not None
    assert rupiah.used >= 9 * 10**18
    assert purse(purses).used == 450


@needs_redis
def test_workers_share_a_budget(two: Two) -> None:
    first, second = two
    assert use(first, 600) == 600
    assert use(second, 600) == 400
    assert use(first, 1) == 0


@needs_redis
def test_what_a_worker_does_not_use_goes_to_the_others(two: Two) -> None:
    first, second = two
    assert use(first, 5) == 5  # it draws a fiftieth
    assert use(second, MOST) == 980
    purse(first).asked_at -= 60
    first.tick(2)
    assert use(second, MOST) == 15


@needs_redis
def test_without_redis_each_has_its_share_of_what_was_left(two: Two, redis: RedisServer) -> None:
    for purses in two:
        assert use(purses, 100) == 100
        purses.tick(2)
    two[0].tick(2)
    redis.kill()
    assert sum(use(purses, 100) for purses in two for _ in range(20)) == MOST - 200
    redis.start()
    time.sleep(AWAY_SECONDS + 0.1)
    purse(two[0]).used_before = lambda: MOST  # Redis forgot all, the ledger has not
    assert use(two[0], 100) == 0


@needs_redis
def test_what_the_ledger_did_not_have_is_charged_when_redis_forgot_all(
    two: Two, redis: RedisServer
) -> None:
    first, second = two
    under_way = take(first, 300), take(second, 200)
    assert (under_way, use(first, 150), use(second, 50)) == ((300, 200), 150, 50)
    redis.kill()
    redis.start()
    for purses in two:
        purses.tick(2)
    assert use(first, 1) + use(second, 1) == 2  # the ledger still has nothing
    for purses, taken in zip(two, under_way, strict=True):
        purses.settle(purse(purses), taken, taken)
    assert use(first, MOST) + use(second, MOST) <= MOST - 702
    assert use(first, 1) + use(second, 1) == 0


@needs_redis
def test_only_what_calls_of_the_last_seconds_used_counts_twice(
    two: Two, redis: RedisServer
) -> None:
    first, _ = two
    assert use(first, 200) == 200
    one = purse(first)
    one.settled = {second - LAG_SECONDS - 1: used for second, used in one.settled.items()}
    assert use(first, 50) == 50
    redis.kill()
    redis.start()
    for purses in two:
        purses.tick(2)
    one.used_before = lambda: 250  # the ledger has both
    assert use(first, 1) == 1
    assert (one.used or 0) - one.left == 250 + 50 + 1


@needs_redis
def test_without_redis_no_one_lends_what_the_ledger_has(two: Two, redis: RedisServer) -> None:
    first, _ = two
    assert use(first, 100) == 100
    redis.kill()
    purse(first).used_before = lambda: MOST - 250  # others were started, and killed
    assert sum(use(first, 100) for _ in range(10)) <= 250


@needs_redis
def test_what_was_used_without_redis_is_charged_later(two: Two, redis: RedisServer) -> None:
    first, second = two
    assert (use(first, 100), use(second, 20)) == (100, 20)
    for purses in two:
        purses.tick(2)
    assert redis.process is not None
    redis.process.send_signal(signal.SIGSTOP)
    assert use(first, 300) == 300
    redis.process.send_signal(signal.SIGCONT)
    time.sleep(AWAY_SECONDS + 0.1)
    first.tick(2)
    assert use(second, MOST) == MOST - 420


@needs_redis
def test_without_redis_and_without_the_ledger_nothing_is_known(
    two: Two, redis: RedisServer
) -> None:
    redis.kill()

    def away() -> int:
        raise LeasesDownError("The database is away, too.")

    one = two[0].of("new", MOST, TOMORROW, away)
    with pytest.raises(LeasesDownError):
        two[0].draw(one, 10)
    assert (one.left, one.reserved) == (0, 0)


def test_a_purse_is_forgotten_after_its_period(purses: Purses) -> None:
    one = purses.of("old", MOST, time.time() - 1, lambda: 0)
    assert purses.draw(one, 10) == 10
    purses.tick(1)
    assert purses.of("old", MOST, TOMORROW, lambda: 0) is one  # its call is under way
    purses.settle(one, 10, 10)
    one.until = time.time() - 1
    purses.tick(1)
    assert purses.of("old", MOST, TOMORROW, lambda: 0) is not one


@needs_redis
def test_calls_that_come_at_once_are_counted_once(two: Two) -> None:
    for number in range(20):
        key, first = f"burst {number}", two[0]

        def call(_: int, key: str = key, purses: Purses = first) -> int:
            one = purses.of(key, MOST, TOMORROW, lambda: 0)
            taken = 20 if purses.take(one, 20) else purses.draw(one, 20)
            purses.settle(one, taken, 20)
            return taken

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(call, range(16))) == 320
        one = first.of(key, MOST, TOMORROW, lambda: 0)
        assert (one.used or 0) - one.left == 320
