"""
The Messages API for callers who speak it themselves: requests and answers as they are.

Of a stream only the events are decoded that say how it goes on: the counts, the end, errors.
"""

from __future__ import annotations

import re
from typing import Any

from core.errors import PortalError
from registry.providers.anthropic import answers, fields
from registry.providers.events import Chunk, Done, Event, Failure
from registry.providers.framing import ServerSentEvents, check_size
from registry.providers.reading import bad_response, cut_off, token_count
from registry.providers.wire import Body, Native, Request, Stamp, Target
from registry.providers.writing import post

COUNTED = ("messages", "system", "tools", "tool_choice", "thinking", "output_config",
           "cache_control", "context_management")  # fmt: skip
SAMPLED = ("thinking", "tool_choice", "temperature", "top_p", "top_k")
MARKS = (b'"message', b'"error"', b"[DONE]")  # of events that are decoded
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
_BOUNDARY = re.compile(rb"(?<=\n\n)|(?<=\n\r\n)")


def chat(target: Target, body: Body) -> Request:
    """Return a request with the options of models.yaml; the caller's own fields win."""
    return post(target, "/messages", _merged(target, body))


def count(target: Target, body: Body) -> Request:
    merged = _merged(target, body)
    counted = {name: value for name, value in merged.items() if name in COUNTED}
    return post(target, "/messages/count_tokens", {"model": target.name, **counted})


def _merged(target: Target, body: Body) -> Body:
    if not target.options:
        return {**body, "model": target.name}
    written = fields.payload(target, {"messages": [], "max_tokens": body.get("max_tokens")})
    options = {name: v for name, v in written.items() if name not in ("messages", "stream")}
    if any(body.get(name) is not None for name in SAMPLED):
        options.pop("thinking", None)  # the API refuses it beside most of these
    removed = [name for name, value in target.options.items() if value is None]
    merged = {**options, **body, "model": target.name}
    return {name: value for name, value in merged.items() if name not in removed}


def read(data: bytes) -> Body | None:
    """Return what a whole answer counts. Raises PortalError unless it is one."""
    answer = answers.checked(data)
    answers.blocks_of(answer)
    return answers.counts(answer.get("usage"))


def read_count(data: bytes) -> Body | None:
    if token_count(answers.checked(data).get("input_tokens")) is None:
        raise bad_response("it has no count")
    return None


class RelayedStream:
    """Bytes in, the same bytes out in Chunks of whole events, then one Done or Failure."""

    def __init__(self, target: Target, stamp: Stamp) -> None:
        self.keeps_records = False
        self.oddities: set[str] = set()
        self.ended = self.complete = self.begun = self.is_whole = False
        self.usage: Body = {}
        self.waiting = 0
        self._rest: list[bytes] = []

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
            return [*events, *self._stop("no end mark", STOP)]
        return [*events, self._fail(self._whole() if self.is_whole else cut_off())]

    def _whole(self) -> PortalError:
        """Return the error in a body that is not a stream."""
        try:
            answers.checked(b"".join(self._rest))
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
        if not any(mark in data for mark in MARKS):
            return [Chunk(data)]
        relayed: list[bytes] = []
        for event in filter(None, _BOUNDARY.split(data)):
            try:
                is_last = any(mark in event for mark in MARKS) and self._note(event)
            except PortalError as error:
                if not self.complete:
                    return [*self._chunk(relayed), self._fail(error)]
                self.oddities.add("error after the end")
                continue
            relayed.append(event)
            if is_last:
                return [*self._chunk(relayed), *self._stop()]
        return self._chunk(relayed)

    def _note(self, event: bytes) -> bool:
        """Read what an event says about the stream, and whether it is the last."""
        for record in ServerSentEvents().feed(event):
            if record.strip() == b"[DONE]":  # of gateways
                continue
            said = answers.checked(record, halves=True)
            kind = said.get("type")
            if kind == "message_stop":
                return True
            if kind == "message_start":
                message = said.get("message")
                self._count(message.get("usage") if isinstance(message, dict) else None)
            elif kind == "message_delta":
                self._count(said.get("usage"))
                delta = said.get("delta")
                has_reason = isinstance(delta, dict) and bool(delta.get("stop_reason"))
                self.complete = self.complete or has_reason
        return False

    def _count(self, usage: Any) -> None:
        """Keep the counts of `usage`: later ones replace earlier ones."""
        if isinstance(usage, dict):
            self.usage |= {name: value for name, value in usage.items() if value is not None}

    def _chunk(self, relayed: list[bytes]) -> list[Event]:
        usage = answers.counts(self.usage)
        return [Chunk(b"".join(relayed), usage=usage)] if relayed else []

    def _stop(self, oddity: str = "", mark: bytes = b"") -> list[Event]:
        self.ended = True
        if oddity or not self.complete:
            self.oddities.add(oddity or "no finish reason")
        return [*([Chunk(mark)] if mark else []), Done()]

    def _fail(self, error: PortalError) -> Failure:
        self.ended = True
        return Failure(error)


def _end(data: bytes) -> int:
    """Return where the last blank line ends, which ends an event; 0 if there is none."""
    plain, odd = data.rfind(b"\n\n"), data.rfind(b"\n\r\n")
    return max(plain + 2 if plain >= 0 else 0, odd + 3 if odd >= 0 else 0)


CHAT = Native(chat, read, RelayedStream)
COUNT = Native(count, read_count, RelayedStream)
