"""
Looking callers up in the database, so that no one who is not signed in delays those who are.

Look-ups wait in turn: those of known credentials by their person, all others by their network.
Credentials that were just refused are refused again without a look-up.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings

from core.fair_queue import FairQueue

if TYPE_CHECKING:
    from collections.abc import Hashable

THREADS = 2
WAIT_SECONDS = 10.0
MAX_KEPT = 10_000
MAX_WAITING, MAX_WAITING_EACH = 4096, 512  # a look-up takes about a millisecond

turns = FairQueue("the check of who is calling", THREADS, MAX_WAITING, MAX_WAITING_EACH, 0.002)


class Known:
    """Whose credentials were right before: no proof that they still are, but a key for queues."""

    def __init__(self) -> None:
        self._people: dict[bytes, int] = {}  # by the hash of the credentials

    def put(self, key: bytes, person: int) -> None:
        if len(self._people) >= MAX_KEPT:
            self._people.clear()
        self._people[key] = person

    def person(self, key: bytes, default: Hashable) -> Hashable:
        return self._people.get(key, default)


class Refused:
    """Keeps for AUTH_CACHE_SECONDS why credentials were refused."""

    def __init__(self) -> None:
        self._reasons: dict[bytes, tuple[float, str]] = {}  # with the time of expiry

    def put(self, key: bytes, reason: str) -> None:
        if len(self._reasons) >= MAX_KEPT:
            self._reasons.clear()
        self._reasons[key] = (time.monotonic() + settings.AUTH_CACHE_SECONDS, reason)

    def reason(self, key: bytes) -> str:
        """Return why these credentials were just refused; empty if they were not."""
        expiry, reason = self._reasons.get(key, (0.0, ""))
        return reason if expiry > time.monotonic() else ""


known, refused = Known(), Refused()
