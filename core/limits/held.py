"""
Bytes of requests and whole answers that stay in memory, by person.

They are of this process: no other has less memory for them.
"""

from __future__ import annotations

from django.conf import settings

from core.errors import PortalError
from core.metrics import refused_by_limit

SMALL = 64 * 1024  # bytes that are not worth the count: the number of answers is limited, too
_held: dict[str, int] = {}  # person → bytes


class HeldBytes:
    """What one request holds, its body and its answer, until `release`."""

    __slots__ = ("_person", "size")

    def __init__(self) -> None:
        self._person = ""
        self.size = 0

    def add(self, person: str, size: int) -> None:
        """Hold `size` bytes more. Raises as `check` does."""
        self.check(person, size)
        self.add_anyway(person, size)

    def check(self, person: str, size: int = 0) -> None:
        """Raise PortalError `rate_limited` if `size` more are too many.

        That is more than BYTES_PER_PERSON with the person's other requests. One alone is always
        allowed: it has limits of its own.
        """
        total, limit = _held.get(person, 0), settings.BYTES_PER_PERSON
        if 0 < limit < total + size and total > self.size:
            refused_by_limit.labels("bytes").inc()
            message = f"Your requests and unread answers have over {limit} bytes. "
            message += "Wait for one to end, and read answers as they come."
            raise PortalError("rate_limited", message, retry_after=1)

    def add_anyway(self, person: str, size: int) -> None:
        """Hold what cannot be refused any more."""
        _held[person] = _held.get(person, 0) + size
        self._person = person
        self.size += size

    def release(self) -> None:
        if self.size:
            rest = _held.pop(self._person) - self.size
            if rest:
                _held[self._person] = rest
            self.size = 0
