"""
Streams of a server that speaks the caller's own API: its events are relayed as they are.

Only the events are decoded that say how the stream goes on: its counts, its end, its errors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import PortalError
from registry.providers.events import Chunk, Done, Event, Failure
from registry.providers.framing import ServerSentEvents, check_size
from registry.providers.reading import bad_response, checked, cut_off

if TYPE_CHECKING:
    from registry.providers.wire import Body

END_MARK = b"[DONE]"  # of gateways
_PLAIN = re.compile(rb"(?:event: [^\r\n]*\n)?data: (\{[^\r\n]*)\n\n")
_BOUNDARY = re.compile(rb"(?<=\n\n)|(?<=\n\r\n)")


class RelayedStream:
    """Bytes in, the same bytes out in Chunks of whole events, then one Done or Failure.

    A subclass decodes the events that hold one of `MARKS`, in `_note`, and says what they count.
    It sets `complete` once nothing that follows can undo the answer.
    """

    MARKS: tuple[bytes, ...]

    def __init__(self) -> None:
        self.keeps_records = False
        self.oddities: set[str] = set()
        self.ended = self.complete = self.begun = self.is_whole = False
        self.waiting = 0
        self._rest: list[bytes] = []

    def _note(self, event: Body) -> bool:
        """Read what an event says about the stream, and whether it is the last."""
        raise NotImplementedError

    def _counts(self) -> Body | None:
        """Return what was counted so far, in OpenAI's form."""
        raise NotImplementedError

    def _without_end(self) -> list[Event]:
        """Return the last events of a complete stream whose last event is missing."""
        self.oddities.add("no end mark")
        return [Done()]

    def feed(self, data: bytes) -> list[Event]:
        if self.ended:
            return []
        try:
            return self._read(events) if (events := self._cut(data)) else []
        except PortalError as error:
            return [self._fail(error)]

    def close(self) -> list[Event]:
        events = self.feed(b"\n\n") if self.waiting and not self.is_whole else []
        if self.ended:
            return events
        if self.complete:
            self.ended = True
            return [*events, *self._without_end()]
        return [*events, self._fail(self._whole() if self.is_whole else cut_off())]

    def _whole(self) -> PortalError:
        """Return the error in a body that is not a stream."""
        try:
            checked(b"".join(self._rest))
        except PortalError as error:
            return error
        return bad_response("it is not a stream")

    def _cut(self, data: bytes) -> bytes:
        """Return the events that `data` completes, and keep the rest."""
        if not self.begun:
            self.begun = bool(head := b"".join([*self._rest, data]).lstrip(b"\xef\xbb\xbf \r\n"))
            self.is_whole = head.startswith(b"{")
        end = 0
        if b"\n" in data and not self.is_whole:
            data, self._rest, self.waiting = b"".join([*self._rest, data]), [], 0
            end = _end(data)
        if rest := data[end:]:
            self._rest.append(rest)
            self.waiting += len(rest)
            check_size(self.waiting)
        return data[:end]

    def _read(self, data: bytes) -> list[Event]:
        if not self._is_marked(data):
            return [Chunk(data)]
        relayed: list[bytes] = []
        for event in _split(data):
            try:
                is_last = self._is_marked(event) and self._is_last(event)
            except PortalError as error:
                if not self.complete:
                    return [*self._chunk(relayed), self._fail(error)]
                self.oddities.add("error after the end")
                continue
            relayed.append(event)
            if is_last:
                self.ended = True
                return [*self._chunk(relayed), Done()]
        return self._chunk(relayed)

    def _is_marked(self, data: bytes) -> bool:
        return any(mark in data for mark in self.MARKS)

    def _is_last(self, event: bytes) -> bool:
        records = [r for r in _records(event) if r.strip() != END_MARK]
        return any(self._note(checked(record, halves=True)) for record in records)

    def _chunk(self, relayed: list[bytes]) -> list[Event]:
        return [Chunk(b"".join(relayed), usage=self._counts())] if relayed else []

    def _fail(self, error: PortalError) -> Failure:
        self.ended = True
        return Failure(error)


def _records(event: bytes) -> list[bytes]:
    """Return the data of an event; nearly all are on one line."""
    plain = _PLAIN.fullmatch(event)
    return [plain[1]] if plain else ServerSentEvents().feed(event)


def _split(data: bytes) -> list[bytes]:
    """Return the events in `data`, each with the blank line that ends it."""
    if b"\r" in data:
        return [event for event in _BOUNDARY.split(data) if event]
    return [event + b"\n\n" for event in data.removesuffix(b"\n\n").split(b"\n\n")]


def _end(data: bytes) -> int:
    """Return where the last blank line ends, which ends an event; 0 if there is none."""
    if data.endswith(b"\n\n"):
        return len(data)
    plain, odd = data.rfind(b"\n\n"), data.rfind(b"\n\r\n")
    return max(plain + 2 if plain >= 0 else 0, odd + 3 if odd >= 0 else 0)
