"""
Waiting in turn for one of a few places: by person, bounded, and no longer than a deadline.

    async with queue.place(person, seconds): ...

Who holds a place uses what is scarce: a worker process, a thread, a provider's capacity. When
all are held, people are served in turn: each gets one place before anyone gets a second, and the
requests of one person keep their order. A person with a thousand requests therefore delays another
by one request, not by a thousand.

For one event loop; nothing here is safe from threads.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Hashable

    Line = OrderedDict[asyncio.Future[bool], None]  # one person's requests, the oldest first

MAX_RETRY_AFTER = 60  # seconds
WEIGHT = 0.125  # of the latest use in the mean of all


class FairQueue:
    """`places` that may be held at once, and up to `waiting` requests that wait for one.

    `each` is how many of these may be one person's. `expected` is how many seconds a place is held,
    until some were. `what` completes "Too many requests wait for".

    A caller that took a place with `take` or `wait` must `give_back` it; `place` does both. No
    person is None.
    """

    def __init__(
        self, what: str, places: int, waiting: int, each: int, expected: float = 1.0
    ) -> None:
        self.what = what
        self.waiting = 0
        self._max_waiting, self._max_each = waiting, each
        self._places = self._free = places
        self._lines: OrderedDict[Hashable, Line] = OrderedDict()  # whose turn is next, first
        self._mean = expected

    @property
    def places(self) -> int:
        """How many places there are. Fewer than are held is right: none is taken away."""
        return self._places

    @places.setter
    def places(self, number: int) -> None:
        self._free += number - self._places
        self._places = number
        self._hand_out()

    @property
    def held(self) -> int:
        return self._places - self._free

    def place(self, person: Hashable, seconds: float) -> Place:
        """Return a context manager that holds a place. Entering raises as `wait` does."""
        return Place(self, person, seconds)

    def take(self, person: Hashable = "") -> bool:
        """Take a place if one is free: then no one waits who may have it."""
        if self._free <= 0 or not self._may_have(person):
            return False
        self._give(person)
        return True

    def give_back(self, seconds: float, person: Hashable = "") -> None:
        """Return a place that was held for `seconds`."""
        self._mean += (seconds - self._mean) * WEIGHT
        self._take_back(person)
        if self._lines:
            self._hand_out()

    # What a queue overrides that counts the places of each person.

    def _may_have(self, person: Hashable) -> bool:
        return True

    def _give(self, person: Hashable) -> None:
        self._free -= 1

    def _take_back(self, person: Hashable) -> None:
        self._free += 1

    async def wait(self, person: Hashable, seconds: float) -> None:
        """Wait up to `seconds` for a place, and take it.

        Raises PortalError `overloaded` if too many wait already, or if no place becomes free in
        time. A waiter that is cancelled passes on a place that it was given.
        """
        self._check_length(person)
        loop = asyncio.get_running_loop()
        ticket: asyncio.Future[bool] = loop.create_future()
        self._lines.setdefault(person, OrderedDict())[ticket] = None
        self.waiting += 1
        late = loop.call_later(max(seconds, 0), self._expire, person, ticket)
        try:
            given = await ticket
        except asyncio.CancelledError:
            self._cancelled(person, ticket)
            raise
        finally:
            late.cancel()
        if not given:
            raise self._overloaded(person)

    def _check_length(self, person: Hashable) -> None:
        line = self._lines.get(person, ())
        if self.waiting >= self._max_waiting or len(line) >= self._max_each:
            raise self._overloaded(person)

    def _hand_out(self) -> None:
        """Give the free places to those who wait: one to a person, who then goes last."""
        while self._free > 0:
            person = next(filter(self._may_have, self._lines), None)
            if person is None:
                return
            ticket = next(iter(self._lines[person]))
            self._remove(person, ticket)
            if not ticket.done():  # it may be cancelled, and its task not have run yet
                self._give(person)
                ticket.set_result(True)
                if person in self._lines:
                    self._lines.move_to_end(person)

    def _expire(self, person: Hashable, ticket: asyncio.Future[bool]) -> None:
        if not ticket.done():
            self._remove(person, ticket)
            ticket.set_result(False)

    def _cancelled(self, person: Hashable, ticket: asyncio.Future[bool]) -> None:
        if ticket.cancelled():
            self._remove(person, ticket)
        elif ticket.result():  # it was given a place just before
            self._take_back(person)
            self._hand_out()

    def _remove(self, person: Hashable, ticket: asyncio.Future[bool]) -> None:
        line = self._lines.get(person)
        if line and ticket in line:
            del line[ticket]
            self.waiting -= 1
            if not line:
                del self._lines[person]

    def _overloaded(self, person: Hashable) -> PortalError:
        seconds = self.retry_after(person)
        message = f"Too many requests wait for {self.what}. Try again in {seconds} s."
        return PortalError("overloaded", message, retry_after=seconds)

    def retry_after(self, person: Hashable) -> int:
        """Return in how many seconds another request of `person` would probably get a place."""
        own = len(self._lines.get(person, ())) + 1
        turns = own + sum(
            min(len(line), own) for other, line in self._lines.items() if other != person
        )
        seconds = turns * self._mean / max(self._places, 1)
        return min(max(math.ceil(seconds), 1), MAX_RETRY_AFTER)


class Place:
    """Holds a place of a queue, as a context manager."""

    __slots__ = ("_began", "_person", "_queue", "_seconds")

    def __init__(self, queue: FairQueue, person: Hashable, seconds: float) -> None:
        self._queue, self._person, self._seconds = queue, person, seconds

    async def __aenter__(self) -> None:
        if not self._queue.take():
            await self._queue.wait(self._person, self._seconds)
        self._began = time.monotonic()

    async def __aexit__(self, *exc_info: object) -> None:
        self._queue.give_back(time.monotonic() - self._began)
