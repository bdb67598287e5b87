"""Things that are under way at once: answers of a person, sockets."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.limits.errors import LimitedError
from core.limits.leases import Hold

if TYPE_CHECKING:
    from core.limits.source import Source

PART = 16  # a worker leases a sixteenth of the places at once
REFUSED_SECONDS = 0.5  # for which a refusal holds without asking again
RETRY_SECONDS = 1.0  # places are given back at any moment


@dataclass(slots=True)
class _Held:
    capacity: int
    used: int = 0
    held: int = 0
    none_until: float = 0.0


class Places:
    """Counts places by key, of those that this worker holds. Safe from threads."""

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self._source = source
        self._places: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()  # held while the source is asked

    async def enter(self, key: str, capacity: int) -> None:
        """Take a place of `capacity`, until `leave`; 0 is no limit. Raises LimitedError."""
        while not self._enter(key, capacity):
            await self._source.ask(f"{self.name}:{key}", lambda: self._lease(key, capacity))

    def _enter(self, key: str, capacity: int) -> bool:
        """Take a place that this worker holds; False if it has none. Raises LimitedError."""
        with self._lock:
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = _Held(capacity)
            place.capacity = capacity
            if (place.used < place.held and place.used < capacity) or capacity <= 0:
                place.used += 1
                return True
            if place.used >= capacity or place.none_until > time.monotonic():
                raise LimitedError(RETRY_SECONDS)
            return False

    def leave(self, key: str) -> None:
        """Give the place back."""
        with self._lock:
            place = self._places[key]
            place.used -= 1

    def _lease(self, key: str, capacity: int) -> None:
        with self._asking:
            with self._lock:
                place = self._places.setdefault(key, _Held(capacity))
                if place.used < place.held:
                    return  # another caller was first
                wanted = min(place.used + (capacity // PART or 1), capacity)
            hold = Hold(f"{self.name}:{key}", capacity, wanted, place.used)
            [place.held] = self._source.hold([hold])
            if place.held <= place.used:
                place.none_until = time.monotonic() + REFUSED_SECONDS

    def renew(self) -> None:
        """Renew what is used, and give back the rest. For the worker's thread."""
        with self._asking:
            with self._lock:
                holds = [self._shrink(key, place) for key, place in self._places.items()]
                self._places = {key: place for key, place in self._places.items() if place.used}
            self._source.hold(holds)

    def _shrink(self, key: str, place: _Held) -> Hold:
        """Hold no more than is used. The capacity may have become less."""
        place.held = place.used
        return Hold(f"{self.name}:{key}", max(place.capacity, place.used), place.used, place.used)
