"""
How often one user may ask: RATE_LIMIT_PER_MINUTE, kept in this process's memory.

GCRA: a user's requests may come in a burst of a minute's worth, and are then spaced. It stores one
number a user and costs one dictionary look-up.
"""

from __future__ import annotations

import math
import time

from django.conf import settings

from registry.errors import PortalError

WINDOW = 60.0
MAX_KEYS = 10_000


class RateLimit:
    """`check(key)` counts one request of `key`."""

    def __init__(self) -> None:
        self._due: dict[int, float] = {}  # when the user's requests so far will be worked off

    def check(self, key: int) -> None:
        """Raise PortalError `rate_limited` if `key` asked too often."""
        limit = settings.RATE_LIMIT_PER_MINUTE
        if limit <= 0:
            return
        now = time.monotonic()
        due = max(self._due.get(key, 0.0), now) + WINDOW / limit
        if due - now > WINDOW + 1e-6:
            wait = math.ceil(due - now - WINDOW)
            raise PortalError(
                "rate_limited",
                f"You asked more than {limit} times in a minute. Wait {wait} s.",
                retry_after=max(wait, 1),
            )
        if len(self._due) >= MAX_KEYS:
            self._due = {k: at for k, at in self._due.items() if at > now}
        self._due[key] = due


rate_limit = RateLimit()
