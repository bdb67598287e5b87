"""
Streamed answers whose events are relayed: server-sent events in, the same events out.

They are OpenAI's events of audio and images, and the chunks of vLLM. A server that does not stream
answers as a whole: a subclass makes the events of it.
"""

from __future__ import annotations

import json

import msgspec

from registry.providers import errors
from registry.providers.error_body import says_something
from registry.providers.events import Chunk, Done, Event, Failure, server_sent
from registry.providers.framing import ServerSentEvents
from registry.providers.openai.relays.usage import tokens
from registry.providers.reading import cut_off, decode, same
from registry.providers.stream import StreamParser
from registry.providers.wire import Body, Stamp, Target

END_MARK = b"[DONE]"


class EventStream(StreamParser):
    """Server-sent events → Chunk…, then one Done or Failure.

    The answer is complete with as many events of the type LAST as the request has answers.
    """

    LAST = ""
    NAMED = False  # has an event its type in a line of its own?

    def __init__(self, target: Target, stamp: Stamp) -> None:
        self.events = ServerSentEvents()
        super().__init__(self.events)
        wanted = stamp.request.get("n")
        self.missing: int = wanted if type(wanted) is int else 1
        self.began = False

    @property
    def complete(self) -> bool:
        return self.missing <= 0

    def whole(self, answer: Body) -> list[Body]:
        """Return the events of an answer that is not streamed. Raises PortalError."""
        raise NotImplementedError

    def _record(self, record: bytes) -> list[Event]:
        if record.strip() == END_MARK:
            self.ended = True
            return [self._chunk(END_MARK), Done()] if self.began else [Failure(cut_off())]
        value = decode(record, halves=True)
        if says_something(value.get("error")) or value.get("type") == "error":
            raise errors.in_answer(value)
        if self.events.whole is None:
            return [self._event(_strict(record, value), value)]
        self.oddities.add("whole answer")
        events = [self._event(msgspec.json.encode(each), each) for each in self.whole(value)]
        self.missing = 0  # it is all that there will be
        return [*events]

    def _event(self, record: bytes, value: Body) -> Chunk:
        self.began = True
        self.missing -= value.get("type") == self.LAST or _finishes(value)
        return self._chunk(record, value)

    def _chunk(self, record: bytes, value: Body | None = None) -> Chunk:
        value = value or {}
        name = value.get("type") if self.NAMED else None
        head = f"event: {name}\n".encode() if isinstance(name, str) and name.isprintable() else b""
        return Chunk(head + server_sent(record), usage=tokens(value.get("usage")))

    def _end(self) -> list[Event]:
        if not self.complete:
            return super()._end()
        self.ended = True
        return [Done()]


def _strict(record: bytes, value: Body) -> bytes:
    """Return the record, without the numbers that JSON does not have."""
    has_other = b"NaN" in record or b"Infinity" in record
    return json.dumps(value).encode() if has_other and same(record, b"") != record else record


def _finishes(value: Body) -> bool:
    """Is it the last chunk of vLLM's form, which has no type?"""
    choices = value.get("choices")
    return isinstance(choices, list) and any(
        isinstance(choice, dict) and bool(choice.get("finish_reason")) for choice in choices
    )
