"""
Finds callers who send their request too slowly: its head for HEAD_SECONDS, its body for
BODY_SECONDS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD, BODY = "head", "body"
# For each transport what arrives there, and of which request.
Arriving = dict[Any, tuple[str, Any]]


def refusal(status: bytes) -> bytes:
    """Return a response for a caller whose request the application never gets."""
    return b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


TOO_LATE = refusal(b"408 Request Timeout")


class SlowSenders:
    """Finds the connections whose callers are too late. Times are in seconds."""

    def __init__(self, head: float, body: float) -> None:
        self.limits = {HEAD: head, BODY: body}
        self._waits: dict[Any, tuple[tuple[str, Any], float]] = {}  # what arrives, and how long

    def late(self, arriving: Mapping[Any, tuple[str, Any]], elapsed: float) -> list[Any]:
        """Return the connections to end, `elapsed` seconds after the last look."""
        self._waits = {key: self._look(key, part, elapsed) for key, part in arriving.items()}
        return [key for key, (part, wait) in self._waits.items() if wait >= self.limits[part[0]]]

    def _look(
        self, key: Any, part: tuple[str, Any], elapsed: float
    ) -> tuple[tuple[str, Any], float]:
        before, wait = self._waits.get(key, (None, 0.0))
        return (part, wait + elapsed) if before == part else (part, 0.0)
