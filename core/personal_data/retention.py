"""Deletes what is older than its setting allows, a little at a time."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from core.personal_data.erasure import empty_log
from core.personal_data.kinds import personal_data

if TYPE_CHECKING:
    from core.personal_data.kinds import Kind

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 3600.0
BATCH = 200  # rows of one transaction: SQLite has one writer at a time
PAUSE_SECONDS = 0.05  # between two, for others who write


class Retention:
    """What housekeeping calls. It looks once an hour, first soon after the start."""

    def __init__(self) -> None:
        self._next = 0.0

    def do(self) -> None:
        """Delete what has expired, if it is time to look."""
        if time.monotonic() >= self._next:
            expire()
            self._next = time.monotonic() + INTERVAL_SECONDS


def expire() -> dict[str, int]:
    """Delete what has expired. Return the rows of each kind that has any."""
    counts = {kind.name: _expire(kind) for kind in personal_data.kinds.values()}
    deleted = {name: count for name, count in counts.items() if count}
    if deleted:
        what = ", ".join(f"{count} of {name}" for name, count in deleted.items())
        logger.info("Deleted because of their age: %s", what)
        empty_log()
    return deleted


def _expire(kind: Kind) -> int:
    if kind.expiry is None or not kind.expiry.days:
        return 0
    rows = kind.model._default_manager.filter(**{f"{kind.expiry.since}__lt": kind.expiry.before()})
    deleted = 0
    while keys := list(rows.order_by(kind.expiry.since).values_list("pk", flat=True)[:BATCH]):
        rows.filter(pk__in=keys).delete()
        deleted += len(keys)
        time.sleep(PAUSE_SECONDS)
    return deleted


retention = Retention()
