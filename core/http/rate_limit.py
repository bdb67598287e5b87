"""
Rate limit per user: RATE_LIMIT_PER_MINUTE, counted in this process's memory.

The algorithm is GCRA: a user may send the requests of one minute in a burst; after that they must
be spaced. It stores one number per user and costs one dictionary look-up.
"""

from __future__ import annotations

import math
import threading
import time

from django.conf import settings

from core.errors import PortalError

WINDOW = 60.0


class RateLimit:
    """`check(key)` counts one request of `key`. Safe from the event loop and from threads."""

    def __init__(self) -> None:
        self._due: dict[int, float] = {}  # when the user may send a full burst again
        self._swept = 0.0
        self._lock = threading.Lock()

    def check(self, key: int) -> None:
        """Raise PortalError `rate_limited` if `key` sent too many requests."""
        limit = settings.RATE_LIMIT_PER_MINUTE
        if limit <= 0:
            return
        now = time.monotonic()
        with self._lock:
            due = max(self._due.get(key, 0.0), now) + WINDOW / limit
            wait = due - now - WINDOW
            if wait <= 1e-6:
                self._due[key] = due
                return self._sweep(now)
        seconds = max(math.ceil(wait), 1)
        raise PortalError(
            "rate_limited",
            f"You sent more than {limit} requests in a minute. Wait {seconds} s.",
            retry_after=seconds,
        )

    def _sweep(self, now: float) -> None:
        """Delete the entries that no longer limit anyone, once a minute."""
        if now - self._swept > WINDOW:
            self._due = {key: due for key, due in self._due.items() if due > now}
            self._swept = now


rate_limit = RateLimit()
