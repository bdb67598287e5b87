"""
Pots: how much of an amount was used until a time, over all workers.

A worker draws a part of what is left of a pot, from which its calls take. With the next draw it
charges what they used beyond, or gives back what they did not use.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection


class Draw(NamedTuple):
    """Charge `owed`, which may be negative, and draw up to `wanted` of what is left of `most`.

    `made` names the pot, as `fill` returned it: another of the same key may have taken its place.
    """

    key: str
    most: int
    owed: int
    wanted: int
    made: str


class Drawn(NamedTuple):
    """What was granted, and what all workers have drawn by then."""

    granted: int
    used: int


class Pots(Protocol):
    """Every method may block for a moment, and raises LeasesDownError. Safe from threads."""

    shared: bool  # do other workers draw from them?

    def draw(self, draws: Collection[Draw]) -> list[Drawn | None]:
        """Return what was drawn from each; None of one that is not known: then nothing is done."""
        ...

    def fill(self, key: str, used: int, until: float) -> str:
        """Say what was used of a pot, unless it is known. It is forgotten at `until`, Unix time.

        Returns the pot's name, which begins with the time when it was filled: `filled_at`.
        """
        ...

    def forget(self, begin: str) -> None:
        """Forget the pots whose keys begin so: they are filled again when they are needed."""
        ...


def new_name() -> str:
    """Return the name of a pot that is filled now."""
    return f"{time.time():.3f}-{secrets.token_hex(4)}"


def filled_at(made: str) -> float:
    """Return when a pot was filled, in Unix time."""
    return float(made.partition("-")[0])


class OwnPots:
    """The pots of this process."""

    shared = False

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._made: dict[str, str] = {}
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def draw(self, draws: Collection[Draw]) -> list[Drawn | None]:
        with self._lock:
            return [self._draw(*draw) for draw in draws]

    def _draw(self, key: str, most: int, owed: int, wanted: int, made: str) -> Drawn | None:
        used = self._used.get(key)
        if used is None or self._made[key] != made:
            return None
        used += owed
        granted = max(min(wanted, most - used), 0)
        self._used[key] = used + granted
        return Drawn(granted, used + granted)

    def fill(self, key: str, used: int, until: float) -> str:
        with self._lock:
            self._forget_old()
            self._used.setdefault(key, used)
            self._until[key] = until
            return self._made.setdefault(key, new_name())

    def forget(self, begin: str) -> None:
        with self._lock:
            self._delete([key for key in self._used if key.startswith(begin)])

    def _forget_old(self) -> None:
        now = time.time()
        self._delete([key for key, until in self._until.items() if until <= now])

    def _delete(self, keys: list[str]) -> None:
        for key in keys:
            del self._used[key], self._until[key], self._made[key]
