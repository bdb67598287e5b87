"""
The line that LOG_FORMAT=json has for each request, and for each answer on a socket.

The parts of the portal that learn a fact about the request `note` it; the line is written at its
end. It never has what was asked or answered, nor a path that a caller made up, which may hold
either, or a secret.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)


class Timed(Protocol):
    """What knows how many seconds providers took: `core.http.call.Call`."""

    waited: float


@dataclass(slots=True)
class Entry:
    """What is known about a request. `route` is its path as the portal's tables have it."""

    request: str
    method: str = ""
    route: str = "other"
    person: int | None = None  # the number of the account, not the name: that could be erased
    model: str | None = None
    status: int | None = None
    outcome: str = ""
    call: Timed | None = None
    began: float = field(default_factory=time.monotonic)

    def as_dict(self) -> dict[str, Any]:
        waited = round(self.call.waited * 1000, 2) if self.call and self.call.waited else None
        return {
            "request": self.request,
            "person": self.person,
            "model": self.model,
            "method": self.method,
            "path": self.route,
            "status": self.status,
            "outcome": self.outcome or _outcome(self.status),
            "milliseconds": round((time.monotonic() - self.began) * 1000, 2),
            "provider_milliseconds": waited,
        }


def _outcome(status: int | None) -> str:
    if status is None:
        return "left"
    return "ok" if status < 400 else "refused" if status < 500 else "failed"


entry: ContextVar[Entry | None] = ContextVar("entry", default=None)


def note(**facts: Any) -> None:
    """Add facts to the line of the running request, if there is one."""
    if (current := entry.get()) is not None:
        for name, value in facts.items():
            setattr(current, name, value)


def wanted() -> bool:
    return bool(settings.LOG_FORMAT == "json")


@contextmanager
def logged(current: Entry) -> Iterator[Entry]:
    """Write the line of a request at the end of the block."""
    before = entry.set(current)
    try:
        yield current
    finally:
        logger.info("%s %s", current.method, current.route, extra={"fields": current.as_dict()})
        entry.reset(before)
