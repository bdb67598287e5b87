"""
What the wire formats' stream parsers share: records in, events out, and exactly one end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from registry.providers.events import Chunk, Event, Failure, Record
from registry.providers.framing import Characters, Records
from registry.providers.reading import bad_response, check_values, cut_off

if TYPE_CHECKING:
    from collections.abc import Callable


LAST_RECORDS = 3  # of a stream: finish reason, usage, [DONE]
LARGE, MAX_VALUES = 128 * 1024, 500_000  # bytes of a record, and its values


class StreamParser:
    """Turns records into events. A subclass implements `_record` and `_end`.

    Records after the end are ignored. A PortalError that a record raises is the end. Set
    `keeps_records` to get a Record before the events of each record: reading
    one by one then costs five times as much.
    """

    def __init__(self, records: Records) -> None:
        self.records = records
        self.keeps_records = False
        self.oddities: set[str] = set()
        self.text, self.reasoning = Characters(), Characters()
        self.ended = False

    @property
    def complete(self) -> bool:
        return False

    @property
    def waiting(self) -> int:
        return self.records.waiting

    def feed(self, data: bytes) -> list[Event]:
        return self._take(lambda: self.records.feed(data))

    def close(self) -> list[Event]:
        """Return the events at the end of the bytes. A stream that was cut off is a Failure."""
        events = self._take(self.records.close)
        return events if self.ended else [*events, *self._end()]

    def _take(self, read: Callable[[], list[bytes]]) -> list[Event]:
        events: list[Event] = []
        try:
            records = read()
            if not (self.ended or self.keeps_records):
                events, records = self._at_once(records)
            for record in records:
                if self.ended:
                    break
                if len(record) > LARGE:
                    check_values(record, MAX_VALUES)
                events += self._with_record(record) if self.keeps_records else self._record(record)
        except PortalError as error:
            events.append(self._fail(error))
        except UnicodeEncodeError:
            events.append(self._fail(bad_response("it holds half a character")))
        return events

    def _with_record(self, record: bytes) -> list[Event]:
        """Return the events of `record` after the record itself, if that is JSON."""
        events = self._record(record)
        return [Record(record), *events] if record.lstrip().startswith(b"{") else events

    def _at_once(self, records: list[bytes]) -> tuple[list[Event], list[bytes]]:
        """Return one event for the records that hold only text, and the other records.

        So what is read at once is relayed at once, at a fifth of the cost of one after the other.
        """
        for last in (0, LAST_RECORDS):
            texts = records[: len(records) - last]
            if texts and (chunk := self._text_of(texts)):
                return [chunk], records[len(texts) :]
        return [], records

    def _text_of(self, records: list[bytes]) -> Chunk | None:
        """Return one chunk for `records`, or None if one of them holds more than text."""
        return None

    def _record(self, record: bytes) -> list[Event]:
        raise NotImplementedError

    def _end(self) -> list[Event]:
        """Return the events at the end of the bytes, if no record was the end."""
        return [self._fail(cut_off())]

    def _fail(self, error: PortalError) -> Failure:
        self.ended = True
        return Failure(error)
