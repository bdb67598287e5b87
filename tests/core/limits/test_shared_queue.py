"""Places that are waited for: counted over all workers, a part for each person, in turn."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

from core.errors import PortalError
from core.limits.shared_queue import SharedQueue
from core.limits.source import Source
from tests.support.servers.redis_server import needs_redis

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.limits.conftest import Workers
    from tests.support.servers.redis_server import RedisServer


class Holders:
    """Callers who hold places of one worker's queue until `end`."""

    def __init__(self, source: Source, capacity: int = 8, waiting: int = 100) -> None:
        self.queue = SharedQueue("p", capacity, waiting, waiting, 1.0, source)
        self.held: Counter[str] = Counter()
        self.refused = 0
        self._end = asyncio.Semaphore(0)
        self.tasks: list[asyncio.Task[None]] = []

    def ask(self, person: str, times: int = 1, *, most: int = 0, seconds: float = 20) -> None:
        for _ in range(times):
            self.tasks.append(asyncio.create_task(self._hold(person, most, seconds)))

    async def _hold(self, person: str, most: int, seconds: float) -> None:
        self.queue.allow(person, most)
        if not self.queue.take(person):
            try:
                await self.queue.wait(person, seconds)
            except PortalError:
                self.refused += 1
                return
        self.held[person] += 1
        await self._end.acquire()
        self.held[person] -= 1
        self.queue.give_back(1.0, person)

    def end(self, times: int = 1) -> None:
        for _ in range(times):
            self._end.release()

    async def stop(self) -> None:
        self.end(1000)
        await asyncio.gather(*self.tasks)


async def soon(condition: Callable[[], bool], seconds: float = 3) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition stays false"
        await asyncio.sleep(0.01)


async def test_one_person_holds_a_part_and_others_get_in_at_once() -> None:
    mine = Holders(Source())
    mine.ask("ann", 8, most=2)
    await asyncio.sleep(0.02)
    mine.ask("olga", most=2)
    await asyncio.sleep(0.02)
    assert mine.held == {"ann": 2, "olga": 1}
    mine.end()
    await soon(lambda: mine.held["ann"] == 2)
    await mine.stop()
    assert not mine.queue._people


async def test_a_part_that_grows_holds_for_who_waits_already() -> None:
    mine = Holders(Source())
    mine.ask("ann", 4, most=1)
    await asyncio.sleep(0.02)
    mine.ask("ann", most=3)
    mine.end()
    await soon(lambda: mine.held["ann"] == 3)
    await mine.stop()


@needs_redis
async def test_workers_have_no_more_places_than_there_are(workers: Workers) -> None:
    mine, other = (Holders(source) for source in workers)
    for number in range(10):
        mine.ask(f"ann {number}")
        other.ask(f"olga {number}")
    await asyncio.sleep(1)
    assert mine.held.total() + other.held.total() == 8
    await asyncio.gather(mine.stop(), other.stop())


@needs_redis
async def test_one_worker_gets_all_places_that_no_other_needs(workers: Workers) -> None:
    mine = Holders(workers[0], waiting=0)
    mine.ask("ann", 10)
    await soon(lambda: mine.held["ann"] == 8)
    await soon(lambda: mine.refused == 2)
    await mine.stop()


@needs_redis
async def test_a_person_holds_no_more_on_two_workers_than_on_one(workers: Workers) -> None:
    both = [Holders(source) for source in workers]
    for holders in both:
        holders.ask("ann", 6, most=3)
    await asyncio.sleep(1)
    assert sum(holders.held["ann"] for holders in both) == 3
    both[1].ask("olga", most=3)
    await soon(lambda: both[1].held["olga"] == 1, 0.4)
    await asyncio.gather(*[holders.stop() for holders in both])


@needs_redis
async def test_a_busy_worker_gives_way_to_one_that_waits(workers: Workers) -> None:
    mine, other = (Holders(source, capacity=2) for source in workers)
    mine.ask("ann", 50)
    await soon(lambda: mine.held["ann"] == 2)
    other.ask("olga", 3)
    for _ in range(40):
        await asyncio.sleep(0.1)
        mine.end()
    assert other.held["olga"] > 0
    assert mine.held["ann"] + other.held["olga"] <= 2
    await asyncio.gather(mine.stop(), other.stop())


@needs_redis
async def test_a_single_place_goes_round(workers: Workers) -> None:
    mine, other = (Holders(source, capacity=1) for source in workers)
    mine.ask("ann", 100)
    other.ask("olga", 100)
    counts = []
    for _ in range(60):
        await asyncio.sleep(0.1)
        counts.append((mine.held["ann"], other.held["olga"]))
        mine.end(mine.held["ann"])
        other.end(other.held["olga"])
    assert max(sum(count) for count in counts) == 1
    assert min(sum(count[0] for count in counts), sum(count[1] for count in counts)) > 8
    await asyncio.gather(mine.stop(), other.stop())


@needs_redis
async def test_an_idle_worker_holds_nothing(workers: Workers) -> None:
    mine, other = (Holders(source, capacity=64) for source in workers)
    mine.ask("ann")
    await soon(lambda: mine.held["ann"] == 1)
    mine.end()
    await soon(lambda: mine.queue._keeper is not None and mine.queue._keeper.done(), 5)
    other.ask("olga", 64)
    await soon(lambda: other.held["olga"] == 64, 1)
    await asyncio.gather(mine.stop(), other.stop())


@needs_redis
async def test_places_ahead_cost_no_round_trip(workers: Workers) -> None:
    mine = Holders(workers[0], capacity=256)
    mine.ask("ann", most=64)
    await soon(lambda: mine.held["ann"] == 1)
    for _ in range(3):
        mine.queue.allow("ann", 64)
        assert mine.queue.take("ann")
    for _ in range(3):
        mine.queue.give_back(1.0, "ann")
    await mine.stop()


@needs_redis
async def test_without_redis_each_worker_has_its_part_of_the_places(
    workers: Workers, redis: RedisServer
) -> None:
    redis.kill()
    both = [Holders(source) for source in workers]
    for source, holders in zip(workers, both, strict=True):
        source.share.workers = 2
        holders.ask("ann", 10)
    await soon(lambda: [holders.held["ann"] for holders in both] == [4, 4])
    redis.start()
    await asyncio.sleep(2)
    assert sum(holders.held["ann"] for holders in both) == 8
    await asyncio.gather(*[holders.stop() for holders in both])
