"""
What the wire formats' stream parsers share: records in, events out, and exactly one end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from registry.providers.framing import Characters, Records
from registry.providers.wire import Chunk, Event, Failure, bad_response, cut_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


LAST = 3  # records that end a stream: finish reason, usage, [DONE]


class Verbatim:
    """Records as their parser takes them, each also put into `taken` once it was understood.

    Marks of the format that are not JSON, such as its end, are left out.
    """

    def __init__(self, records: Records, taken: list[bytes]) -> None:
        self.records = records
        self.taken = taken

    def feed(self, data: bytes) -> Iterable[bytes]:
        return self._each(self.records.feed(data))

    def close(self) -> Iterable[bytes]:
        return self._each(self.records.close())

    def _each(self, records: Iterable[bytes]) -> Iterator[bytes]:
        for record in records:
            yield record
            if record.lstrip().startswith(b"{"):
                self.taken.append(record)


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

    def _take(self, read: Callable[[], Iterable[bytes]]) -> list[Event]:
        found: list[Event] = []
        try:
            records = read()
            if isinstance(records, list) and not self.ended:
                found, records = self._at_once(records)
            for record in records:
                if self.ended:
                    break
                found += self._record(record)
        except PortalError as error:
            found.append(self._fail(error))
        except UnicodeEncodeError:
            found.append(self._fail(bad_response("it holds half a character")))
        return found

    def _at_once(self, records: list[bytes]) -> tuple[list[Event], list[bytes]]:
        """Return what records say as one event, and those that must be read one by one.

        So what is read at once is relayed at once, for a fifth of what one after the other costs.
        """
        for last in (0, LAST):
            texts = records[: len(records) - last]
            if texts and (chunk := self._text_of(texts)):
                return [chunk], records[len(texts) :]
        return [], records

    def _text_of(self, records: list[bytes]) -> Chunk | None:
        """Return what records say, if they hold text and nothing that must be acted upon."""
        return None

    def _record(self, record: bytes) -> list[Event]:
        raise NotImplementedError

    def _end(self) -> Event:
        return self._fail(cut_off())

    def _fail(self, error: PortalError) -> Failure:
        self.ended = True
        return Failure(error)
