"""
From where a token is sent: refused unless it is from its networks, and noted as its last use.

Uses are kept in memory. Housekeeping writes them, each token's once in WRITE_SECONDS at most, so
that no request waits for that.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from knox.models import get_token_model

from core.addresses import is_within
from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from core.auth.principals import Principal

WRITE_SECONDS = 300.0
MAX_KEPT = 10_000


class LastUses:
    """When and from where this process saw tokens, by the digest of each."""

    def __init__(self) -> None:
        self._unwritten: dict[str, tuple[datetime, str]] = {}
        self._due: dict[str, float] = {}  # when a use is to be noted again

    def is_due(self, digest: str) -> bool:
        return self._due.get(digest, 0.0) <= time.monotonic()

    def put(self, digest: str, address: str) -> None:
        if len(self._due) >= MAX_KEPT:
            self._due.clear()
        self._due[digest] = time.monotonic() + WRITE_SECONDS
        self._unwritten[digest] = timezone.now(), address

    def write(self) -> None:
        """Write what is not written yet. Raises django.db.DatabaseError; what is left stays."""
        tokens = get_token_model().objects
        for digest, (at, address) in list(self._unwritten.items()):
            older = Q(last_used=None) | Q(last_used__lt=at)  # another worker may be ahead
            tokens.filter(older, digest=digest).update(last_used=at, last_address=address)
            if self._unwritten.get(digest, (at,))[0] == at:
                self._unwritten.pop(digest, None)


last_uses = LastUses()


def check_use(principal: Principal, address: Callable[[], str]) -> None:
    """Note that a token was sent from `address`, which is asked for only where it is needed.

    Raises PortalError `address_not_allowed`.
    """
    digest = principal.digest
    if not digest or not (principal.networks or last_uses.is_due(digest)):
        return
    caller = address()
    if principal.networks and not is_within(caller, principal.networks):
        message = "This API token may not be used from this address."
        raise PortalError("address_not_allowed", message)
    if last_uses.is_due(digest):
        last_uses.put(digest, caller)
