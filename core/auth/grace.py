"""
Who was lately checked, for requests while the database does not answer.

Only callers with tokens, for AUTH_GRACE_SECONDS after their last check. Housekeeping asks the
database every two seconds which of these tokens are still valid, so that a token which was revoked
before the outage is not accepted during it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.conf import settings
from django.utils import timezone
from knox.models import get_token_model

T = TypeVar("T")
MAX_KEPT = 10_000


@dataclass(slots=True)
class Entry(Generic[T]):
    """What a token's check found. `confirmed`: housekeeping has seen the token since."""

    principal: T
    digest: str  # of the token, as the database has it
    until: float
    confirmed: bool = False
    expiry: datetime | None = None


class Grace(Generic[T]):
    """The principals of this process that may still be used, by the hash of their credentials."""

    def __init__(self) -> None:
        self._entries: dict[bytes, Entry[T]] = {}

    def put(self, key: bytes, digest: str, principal: T) -> None:
        """Keep the principal of a token that was just checked."""
        until = time.monotonic() + settings.AUTH_GRACE_SECONDS
        old = self._entries.get(key)
        if old is not None:
            old.principal, old.until = principal, until
        elif len(self._entries) < MAX_KEPT and settings.AUTH_GRACE_SECONDS > 0:
            self._entries[key] = Entry(principal, digest, until)

    def get(self, key: bytes) -> T | None:
        entry = self._entries.get(key)
        if entry is None or not entry.confirmed or entry.until < time.monotonic():
            return None
        expired = entry.expiry is not None and entry.expiry <= timezone.now()
        return None if expired else entry.principal

    def drop(self, key: bytes) -> None:
        self._entries.pop(key, None)

    def confirm(self) -> None:
        """Drop the entries whose time is over, and those whose tokens were revoked meanwhile."""
        entries, now = list(self._entries.items()), time.monotonic()
        digests = [entry.digest for _, entry in entries]
        valid = dict(_valid(digests)) if digests else {}
        for key, entry in entries:
            if entry.until < now or entry.digest not in valid:
                self.drop(key)
            else:
                entry.confirmed, entry.expiry = True, valid[entry.digest]


def _valid(digests: list[str]) -> list[tuple[str, datetime | None]]:
    tokens = get_token_model().objects.filter(digest__in=digests, user__is_active=True)
    return list(tokens.values_list("digest", "expiry"))
