"""OpenAI's streamed raw completions: server-sent events in, the same events out."""

from __future__ import annotations

from typing import Any

from registry.providers import errors
from registry.providers.error_body import says_something
from registry.providers.events import Chunk, Done, Event, Failure, server_sent
from registry.providers.framing import ServerSentEvents
from registry.providers.openai.chunks import all_of, all_sent, raw_texts
from registry.providers.openai.values import BROKEN
from registry.providers.reading import bad_response, cut_off, decode
from registry.providers.stream import StreamParser
from registry.providers.wire import Body, Stamp, Target


class TextStream(StreamParser):
    """Server-sent events → Chunk…, then one Done or Failure. Texts beside the first are relayed."""

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__(ServerSentEvents())
        self.seen: set[int] = set()  # the indexes of texts
        self.finished: set[int] = set()  # those that have a finish reason

    @property
    def complete(self) -> bool:
        return bool(self.finished) and self.seen <= self.finished

    def _text_of(self, records: list[bytes]) -> Chunk | None:
        chunks = all_of(records, raw_texts)
        if chunks is None:
            return None
        self.seen.add(0)
        text = "".join([chunk.choices[0].text or "" for chunk in chunks])
        usage = next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None)
        return Chunk(all_sent(records), text=self.text.take(text), usage=usage)

    def _record(self, record: bytes) -> list[Event]:
        if record.strip() == b"[DONE]":
            self.ended = True
            return [Done() if self.seen else Failure(cut_off())]
        value = decode(record, halves=True)
        if says_something(value.get("error")):
            raise errors.in_answer(value)
        choices = value.get("choices")
        if not isinstance(choices, list) or not all(isinstance(c, dict) for c in choices):
            raise bad_response("an event has no choices")
        return [self._chunk(record, choices, value.get("usage"))]

    def _chunk(self, record: bytes, choices: list[Body], usage: Any) -> Chunk:
        text, reason = "", None
        for choice in choices:
            index, ending = choice.get("index") or 0, choice.get("finish_reason")
            if ending in BROKEN:
                raise errors.in_answer({"message": "It ended the answer with an error."})
            self.seen.add(index)
            if ending:
                self.finished.add(index)
            if index == 0:
                text, reason = str(choice.get("text") or ""), ending or None
        counted = usage if isinstance(usage, dict) else None
        return Chunk(
            server_sent(record),
            text=self.text.take(text),
            finish_reason=reason,
            usage=counted,
            usage_only=not choices and counted is not None,
        )

    def _end(self) -> list[Event]:
        if not self.complete:
            return super()._end()
        self.ended = True
        self.oddities.add("no end mark")
        return [Done()]
