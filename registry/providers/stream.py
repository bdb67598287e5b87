"""
What the wire formats' stream parsers share: records in, events out, and exactly one end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from registry.errors import PortalError
from registry.providers.framing import Characters
from registry.providers.wire import Event, Failure, cut_off

if TYPE_CHECKING:
    from collections.abc import Callable


class Records(Protocol):
    """Splits bytes into records: lines, or server-sent events."""

    def feed(self, data: bytes) -> list[bytes]: ...
    def close(self) -> list[bytes]: ...


class StreamParser:
    """A subclass says what one record means (`_record`) and what the end does (`_end`).

    Nothing that comes after the end counts; what a record raises as PortalError is the end.
    """

    def __init__(self, records: Records) -> None:
        self.records = records
        self.text, self.reasoning = Characters(), Characters()
        self.ended = False

    def feed(self, data: bytes) -> list[Event]:
        return self._take(lambda: self.records.feed(data))

    def close(self) -> list[Event]:
        """Return what the end of the bytes means. A stream that was cut off is a Failure."""
        found = self._take(self.records.close)
        return found if self.ended else [*found, self._end()]

    def _take(self, read: Callable[[], list[bytes]]) -> list[Event]:
        found: list[Event] = []
        try:
            for record in read():
                if self.ended:
                    break
                found += self._record(record)
        except PortalError as error:
            found.append(self._fail(error))
        return found

    def _record(self, record: bytes) -> list[Event]:
        raise NotImplementedError

    def _end(self) -> Event:
        return self._fail(cut_off())

    def _fail(self, error: PortalError) -> Failure:
        self.ended = True
        return Failure(error)
