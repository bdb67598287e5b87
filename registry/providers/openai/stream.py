"""
OpenAI's streamed answers: server-sent events in, the same events out.

A chunk of the expected form is relayed as its bytes. One with an odd field is repaired
(`repair`): the field is lost, not the answer. What servers do beside OpenAI's documents is
counted in `oddities`.
"""

from __future__ import annotations

import json

from core.errors import PortalError
from registry.providers import errors
from registry.providers.error_body import read_value, says_something
from registry.providers.events import Chunk, Done, Event, Failure, server_sent
from registry.providers.framing import ServerSentEvents, pieces
from registry.providers.openai.chunks import Choice, ChunkShape, all_of, all_sent, read_shape, texts
from registry.providers.openai.repair import Repair
from registry.providers.openai.values import (
    BROKEN,
    has_odd_counts,
    is_foreign,
    reasoning_of,
    text_of,
)
from registry.providers.reading import bad_response, cut_off
from registry.providers.stream import StreamParser
from registry.providers.wire import Body, Stamp, Target

REFUSAL = "refusal"  # the finish reason for people; programs see the server's
SILENT = ("ping", "pong", "heartbeat", "keepalive", "keep-alive")  # types of events
NO_ERROR = (0, 200, "0", "200", "success")  # codes of events that report no error


class ChunkStream(StreamParser):
    """Server-sent events → Chunk…, then one Done or Failure.

    If the caller asked for one answer, a choice of any index is the first.
    """

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__(ServerSentEvents())
        self.repair = Repair(stamp.id, single=(stamp.request.get("n") or 1) == 1)
        self.seen: set[int] = set()  # the indexes of answers
        self.finished: set[int] = set()  # those that have a finish reason
        self.has_content = False
        self.declined = False  # the model refuses, in words of its own field

    @property
    def complete(self) -> bool:
        """Has every answer a finish reason? Then what follows cannot undo it."""
        return bool(self.finished) and self.seen <= self.finished

    def _record(self, record: bytes) -> list[Event]:
        if record.strip() == b"[DONE]":
            return [self._end_at_mark()]
        try:
            return self._events(record)
        except PortalError:
            if not self.complete:
                raise
            self.oddities.add("error after the end")
            return []

    def _events(self, record: bytes) -> list[Event]:
        shape = read_shape(record)
        if shape is None and (parts := pieces(record)):
            self.oddities.add("odd events")
            return [e for part in parts if not self.ended for e in self._record(part)]
        if shape is None or self._is_odd(shape):
            if (value := _decode(record)) is None:
                self.oddities.add("events without choices")
                return []
            if not _is_chunk(value):
                return self._other(value)
            streamed = self.seen if self.has_content else ()
            record = json.dumps(self.repair.chunk(value, streamed)).encode()
            if (shape := read_shape(record)) is None:
                raise bad_response("an event's fields are of the wrong types")
            self.oddities.add("odd fields")
        elif indexes := self._moved_calls(shape):
            record = _with_indexes(record, indexes)
            self.oddities.add("odd fields")
        if problem := _problem(shape):
            raise problem
        return [self._chunk(record, shape)]

    def _moved_calls(self, shape: ChunkShape) -> list[list[int]]:
        """Return new indexes for each choice's tool calls, or nothing if they may stay."""
        calls = [(choice.index, choice.delta.tool_calls or ()) for choice in shape.choices]
        if not any(deltas for _, deltas in calls):
            return []
        indexes = [
            [
                self.repair.index(answer, d.index, d.id, d.function.name if d.function else None)
                for d in deltas
            ]
            for answer, deltas in calls
        ]
        return indexes if indexes != [[d.index for d in deltas] for _, deltas in calls] else []

    def _is_odd(self, shape: ChunkShape) -> bool:
        """Are its counts or finish reasons other than OpenAI's?

        Or is it the only answer, but with an index of its own? (TGI numbered the tokens.)
        """
        if shape.usage and has_odd_counts(shape.usage):
            return True
        for choice in shape.choices:
            if choice.finish_reason and is_foreign(choice.finish_reason):
                return True
            if choice.delta.tool_calls and self._has_nameless(choice):
                return True
        return self.repair.single and len(shape.choices) == 1 and shape.choices[0].index != 0

    def _has_nameless(self, choice: Choice) -> bool:
        """Does a call begin without an ID? (Google's endpoint and others)"""
        return any(
            self.repair.is_nameless(choice.index, call.index, call.id, call.function.name)
            for call in choice.delta.tool_calls or ()
            if call.function
        )

    def _other(self, value: Body) -> list[Event]:
        """Take an event that is no chunk: an error in any form, or nothing, as a ping."""
        has_error = says_something(value.get("error")) or value.get("errors")
        is_well = value.get("success") is True or value.get("type") in SILENT
        may_be_error = not is_well and value.get("code") not in NO_ERROR
        if has_error or (may_be_error and read_value(value).message):
            raise errors.in_answer(value)
        self.oddities.add("events without choices")
        return []

    def _text_of(self, records: list[bytes]) -> Chunk | None:
        chunks = all_of(records, texts)
        if chunks is None:
            return None
        self.seen.add(0)
        if text := "".join([chunk.choices[0].delta.content or "" for chunk in chunks]):
            self.has_content = True
        usage = next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None)
        if usage and has_odd_counts(usage):  # as in the other chunks
            return None
        return Chunk(all_sent(records), text=self.text.take(text), usage=usage)

    def _chunk(self, data: bytes, shape: ChunkShape) -> Chunk:
        first = None
        for choice in shape.choices:
            self.seen.add(choice.index)
            if choice.finish_reason:
                self.finished.add(choice.index)
            if choice.index == 0:  # answers beside the first (n > 1) are relayed but not read
                first = choice
        if first is None:
            usage_only = not shape.choices and shape.usage is not None
            self.has_content |= bool(shape.choices)
            return Chunk(server_sent(data), usage=shape.usage, usage_only=usage_only)
        delta = first.delta
        text, reasoning = text_of(delta.content, delta.refusal), reasoning_of(
            delta.content, delta.reasoning_content, delta.reasoning)  # fmt: skip
        self.has_content |= bool(text or reasoning or delta.tool_calls or delta.content)
        self.declined |= bool(delta.refusal)
        is_refusal = self.declined and first.finish_reason == "stop"
        return Chunk(
            server_sent(data),
            text=self.text.take(text),
            reasoning=self.reasoning.take(reasoning),
            finish_reason=REFUSAL if is_refusal else first.finish_reason or None,
            usage=shape.usage,
        )

    def _end_at_mark(self) -> Event:
        """End at [DONE]: the server says that the answer is complete, if there is one."""
        self.ended = True
        if self.complete:
            return Done()
        self.oddities.add("no finish reason")
        return Done() if self.finished or self.has_content else Failure(cut_off())

    def _end(self) -> list[Event]:
        if not self.complete:
            return super()._end()
        self.ended = True
        self.oddities.add("no end mark")
        return [Done()]


def _problem(shape: ChunkShape) -> PortalError | None:
    """Return the error in a chunk or in one of its choices."""
    error = shape.error or (shape.x_groq.error if shape.x_groq else None)
    if error and says_something(error):
        return errors.in_answer({"error": error})
    for choice in shape.choices:
        if choice.error and says_something(choice.error):
            return errors.in_answer({"error": choice.error})
        if choice.finish_reason in BROKEN:
            return errors.in_answer({"message": "It ended the answer with an error."})
    return None


def _with_indexes(record: bytes, indexes: list[list[int]]) -> bytes:
    """Return a chunk with other indexes of its tool calls."""
    value = json.loads(record)
    for choice, row in zip(value["choices"], indexes, strict=True):
        for call, index in zip(choice["delta"].get("tool_calls") or (), row, strict=True):
            call["index"] = index
    return json.dumps(value).encode()


def _decode(data: bytes) -> Body | None:
    """Return the object in an event, or None if it says nothing. Raises PortalError."""
    text = data.decode(errors="replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        if text.strip().lower() in SILENT:
            return None
        words = errors.tidy(text[:2000])
        raise bad_response(
            f"an event is not JSON: {words}" if words else "an event is empty"
        ) from None
    if isinstance(value, list) and read_value(value).message:
        raise errors.in_answer(value)  # Google's errors are in a list
    if not value or value is True or (isinstance(value, str) and value.lower() in SILENT):
        return None
    if not isinstance(value, dict):
        raise bad_response("an event is not a JSON object")
    return value


def _is_chunk(value: Body) -> bool:
    return (
        not says_something(value.get("error"))
        and (isinstance(value.get("choices"), list | dict) or isinstance(value.get("usage"), dict))
        and value.get("object") != "error"
    )
