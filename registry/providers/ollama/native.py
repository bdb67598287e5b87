"""
Ollama's API for callers who speak it themselves: requests and lines as they are.

Of a stream only the lines are decoded that may be an end or an error.
"""

from __future__ import annotations

import re
from functools import partial

import msgspec

from registry.providers import relayed_texts
from registry.providers.events import Chunk, Done, Event
from registry.providers.framing import Lines
from registry.providers.ollama import fields
from registry.providers.ollama.answers import message_of
from registry.providers.ollama.messages import words
from registry.providers.reading import bad_response, checked, usage
from registry.providers.stream import StreamParser
from registry.providers.wire import Body, Native, Relayed, Request, Stamp, Target
from registry.providers.writing import post

_SAYS_MORE = re.compile(rb'"done"\s*:\s*true|"done_reason"|"error"')
_PREFIX = re.compile(rb"^data:\s*")  # proxies make server-sent events of the lines


def chat(target: Target, body: Body) -> Request:
    """Return a request with the options of models.yaml; the caller's own win."""
    return post(target, "/api/chat", _merged(target, body))


def generate(target: Target, body: Body) -> Request:
    return post(target, "/api/generate", _merged(target, body))


def _merged(target: Target, body: Body) -> Body:
    inner, top = fields.options(target, {})
    options = {**inner, **(body.get("options") or {})}
    stream = bool(body.get("stream"))
    return {**top, **body, "model": target.name, "options": options, "stream": stream}


def read(data: bytes, body: Body) -> Relayed:
    """Return a whole answer, as it is. Raises PortalError unless it is one."""
    answer = checked(data)
    if answer.get("done") is not True:
        raise bad_response("it has no end")
    counts = usage(answer.get("prompt_eval_count"), answer.get("eval_count"))
    message = message_of(answer)
    text = words(message, "content") if isinstance(message, dict) else ""
    return Relayed(data, counts, text=text)


class LineStream(StreamParser):
    """Lines in, the same lines out in Chunks, then one Done or Failure."""

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__(Lines())

    def _text_of(self, records: list[bytes]) -> Chunk | None:
        data = b"\n".join(records) + b"\n"
        if _SAYS_MORE.search(data) or not all(r.startswith(b"{") for r in records):
            return None
        return Chunk(data)

    def _record(self, record: bytes) -> list[Event]:
        record = _PREFIX.sub(b"", record.strip())
        if not record or record.startswith(b":") or record == b"[DONE]":
            return []
        answer = checked(record, halves=True)
        data = record + b"\n"
        if answer.get("done") is not True and not answer.get("done_reason"):
            return [Chunk(data)]
        self.ended = True
        counts = usage(answer.get("prompt_eval_count"), answer.get("eval_count"))
        return [Chunk(data, usage=counts), Done()]


class _Message(msgspec.Struct, gc=False):
    content: str | None = None


class _Said(msgspec.Struct, gc=False):
    message: _Message | None = None
    response: str | None = None


def _text(line: _Said) -> str:
    return (line.message.content if line.message else line.response) or ""


_texts = partial(relayed_texts.in_lines, decoder=msgspec.json.Decoder(_Said), text=_text)
CHAT = Native(chat, read, LineStream, _texts)
GENERATE = Native(generate, read, LineStream, _texts)
