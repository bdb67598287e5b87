"""People are served in turn, and no place is lost when a waiter leaves."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import PortalError
from core.fair_queue import FairQueue


def queue_of(places: int = 1, waiting: int = 100, each: int = 50) -> FairQueue:
    return FairQueue("the test", places, waiting, each)


class Crowd:
    """People who take places of a queue, and note in which order they got them."""

    def __init__(self, queue: FairQueue) -> None:
        self.queue = queue
        self.served: list[str] = []
        self.holding: list[asyncio.Event] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, person: str, seconds: float = 60) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._hold(person, seconds))
        self.tasks.append(task)
        await settle()
        return task

    async def _hold(self, person: str, seconds: float) -> None:
        async with self.queue.place(person, seconds):
            self.served.append(person)
            self.holding.append(done := asyncio.Event())
            try:
                await done.wait()
            finally:
                self.holding.remove(done)

    async def finish_one(self) -> None:
        if self.holding:
            self.holding[0].set()
            await settle()

    async def finish_all(self) -> None:
        while self.holding:
            await self.finish_one()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_free_place_is_taken_without_waiting():
    queue = queue_of(places=2)
    assert queue.take()
    assert queue.take()
    assert not queue.take()
    queue.give_back(1.0)
    assert queue.take()


async def test_people_are_served_in_turn_and_each_in_order():
    crowd = Crowd(queue_of())
    for person in ["a1", "a2", "a3", "b1", "c1", "b2"]:
        task = asyncio.ensure_future(_one(crowd, person))
        crowd.tasks.append(task)
        await settle()
    await crowd.finish_all()
    assert crowd.served == ["a1", "a2", "b1", "c1", "a3", "b2"]


async def _one(crowd: Crowd, name: str) -> None:
    async with crowd.queue.place(name[0], 60):
        crowd.served.append(name)
        crowd.holding.append(done := asyncio.Event())
        await done.wait()
        crowd.holding.remove(done)


async def test_one_person_delays_another_by_one_turn():
    crowd = Crowd(queue_of(waiting=1000, each=1000))
    for _ in range(900):
        crowd.tasks.append(asyncio.ensure_future(crowd._hold("many", 60)))
    await settle()
    await crowd.ask("one")
    await crowd.finish_one()
    await crowd.finish_one()
    assert "one" in crowd.served[:3]
    await crowd.finish_all()


async def test_the_queue_is_bounded_for_all_and_for_each():
    crowd = Crowd(queue_of(waiting=3, each=2))
    for person in "aaab":
        await crowd.ask(person)
    with pytest.raises(PortalError, match=r"wait for the test\. Try again") as caught:
        await crowd.queue.wait("c", 1)
    assert caught.value.code == "overloaded"
    await crowd.finish_all()


async def test_one_person_cannot_fill_the_queue():
    crowd = Crowd(queue_of(waiting=10, each=2))
    await crowd.ask("a")
    tasks = [await crowd.ask("a") for _ in range(20)]
    await settle()
    assert sum(task.done() for task in tasks) == 18
    assert not (await crowd.ask("b")).done()
    await crowd.finish_all()
    assert Counter(crowd.served) == {"a": 3, "b": 1}


async def test_the_deadline_counts_from_the_asking():
    queue = queue_of()
    assert queue.take()
    began = asyncio.get_running_loop().time()
    with pytest.raises(PortalError, match="wait for the test"):
        await queue.wait("a", 0.05)
    assert 0.04 < asyncio.get_running_loop().time() - began < 1
    assert (queue.waiting, queue.held) == (0, 1)


async def test_who_is_late_or_leaves_gives_the_turn_to_the_next():
    crowd = Crowd(queue_of())
    await crowd.ask("a")
    late, leaver, last = await crowd.ask("b", 0.01), await crowd.ask("c"), await crowd.ask("d")
    leaver.cancel()
    await asyncio.sleep(0.05)
    assert isinstance(late.exception(), PortalError)
    await crowd.finish_one()
    assert crowd.served == ["a", "d"]
    await crowd.finish_all()
    assert last.done()
    assert (crowd.queue.held, crowd.queue.waiting) == (0, 0)


async def test_a_waiter_that_leaves_just_after_its_turn_came_passes_it_on():
    queue = queue_of()
    assert queue.take()
    first, second = (asyncio.ensure_future(queue.wait(person, 60)) for person in "ab")
    await settle()
    queue.give_back(1.0)  # to the first, which has not run yet
    first.cancel()
    await settle()
    assert first.cancelled()
    assert second.done()
    assert queue.held == 1


async def test_a_waiter_that_leaves_just_before_its_turn_comes_gets_no_place():
    queue = queue_of()
    assert queue.take()
    first, second = (asyncio.ensure_future(queue.wait(person, 60)) for person in "ab")
    await settle()
    first.cancel()
    queue.give_back(1.0)  # the first has not heard of its end yet
    await settle()
    assert first.cancelled()
    assert second.done()
    assert queue.held == 1


async def test_more_places_let_people_in_and_fewer_take_none_away():
    crowd = Crowd(queue_of())
    for person in "abcd":
        await crowd.ask(person)
    crowd.queue.places = 3
    await settle()
    assert crowd.served == ["a", "b", "c"]
    crowd.queue.places = 1
    await crowd.finish_one()
    assert crowd.queue.held == 2
    assert crowd.served == ["a", "b", "c"]
    await crowd.finish_all()
    assert crowd.served == ["a", "b", "c", "d"]


async def test_retry_after_is_what_the_wait_would_be():
    crowd = Crowd(FairQueue("the test", 2, 100, 100, expected=4.0))
    for person in "xxaaaaaab":
        await crowd.ask(person)
    assert crowd.queue.retry_after("c") == 6  # after one of a, one of b: three turns of 4 s by two
    assert crowd.queue.retry_after("a") == 16  # after six of its own and b's
    await crowd.finish_all()
    assert crowd.queue.retry_after("c") == 1


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from("abcde")),
        st.tuples(st.just("finish"), st.integers(0, 9)),
        st.tuples(st.just("cancel"), st.integers(0, 99)),
        st.tuples(st.just("finish and cancel"), st.integers(0, 99)),  # odd: a moment later
        st.tuples(st.just("places"), st.integers(0, 4)),
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(OPERATIONS)
def test_nothing_is_lost_whatever_happens(operations: list[tuple[str, Any]]):
    asyncio.run(_play(operations))


async def _play(operations: list[tuple[str, Any]]) -> None:
    crowd = Crowd(queue_of(places=2, waiting=12, each=5))
    for name, value in operations:
        await _do(crowd, name, value)
        queue = crowd.queue
        assert queue.held == len(crowd.holding)
        assert queue.waiting == sum(not task.done() for task in crowd.tasks) - queue.held
        assert queue.waiting == 0 or queue.held >= queue.places  # no place is idle
    crowd.queue.places = 2
    await settle()
    await crowd.finish_all()
    assert (crowd.queue.held, crowd.queue.waiting) == (0, 0)
    assert not crowd.queue._lines


async def _do(crowd: Crowd, name: str, value: Any) -> None:
    if name == "ask":
        await crowd.ask(value)
    elif name == "places":
        crowd.queue.places = value
    elif name.startswith("finish") and crowd.holding:
        crowd.holding[value % len(crowd.holding)].set()
    if name.endswith("cancel") and crowd.tasks:
        if name.startswith("finish") and value % 2:
            await asyncio.sleep(0)
        crowd.tasks[value % len(crowd.tasks)].cancel()
    await settle()
