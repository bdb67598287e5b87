"""
OpenAI's wire format, as OpenAI, vLLM, llama.cpp, LM Studio and many others speak it.

The caller's body passes through: unknown fields may be the server's own.
Reference: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from core.errors import PortalError
from registry.providers import errors as status
from registry.providers.framing import ServerSentEvents
from registry.providers.stream import StreamParser
from registry.providers.wire import (
    Body,
    Chunk,
    Completion,
    Done,
    Embeddings,
    Event,
    Failure,
    Request,
    Stamp,
    Target,
    bad_response,
    cut_off,
    decode,
    get,
    post,
    server_sent,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = "endpoint"
FOLDS = False
LISTS_ALL = False


def base_url(text: str) -> str:
    return text.rstrip("/")


def chat(target: Target, body: Body) -> Request:
    payload = {**target.options, **body, "model": target.name}
    if body.get("stream"):
        asked = body.get("stream_options") or {}
        payload["stream_options"] = {**asked, "include_usage": True}
    return post(target, "/chat/completions", payload)


def read_chat(data: bytes, stamp: Stamp) -> Body:
    answer = _checked(data)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices:
        raise bad_response("it has no choices")
    if not all(isinstance(c, dict) and isinstance(c.get("message"), dict) for c in choices):
        raise bad_response("a choice has no message")
    return answer


def embeddings(target: Target, body: Body) -> Request:
    payload = {**target.options, **body, "model": target.name, "encoding_format": "float"}
    return post(target, "/embeddings", payload)


class _Vector(msgspec.Struct):
    embedding: list[float]
    index: int = 0


class _Vectors(msgspec.Struct):
    data: list[_Vector]
    model: str | None = None
    usage: dict[str, Any] | None = None


def read_embeddings(data: bytes) -> Embeddings:
    try:
        answer = msgspec.json.decode(data, type=_Vectors)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        _checked(data)  # an error object inside a 200
        raise bad_response("it holds no vectors") from None
    vectors = [row.embedding for row in sorted(answer.data, key=lambda row: row.index)]
    return Embeddings(vectors, answer.model, answer.usage)


def completion(target: Target, body: Body) -> Request:
    return post(target, "/completions", {**target.options, **body, "model": target.name})


def read_completion(data: bytes) -> Completion:
    answer = _checked(data)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise bad_response("it has no choices")
    text, usage = choices[0].get("text"), answer.get("usage")
    if not isinstance(text, str):
        raise bad_response("its choice has no text")
    return Completion(
        text, choices[0].get("finish_reason"), usage if isinstance(usage, dict) else None
    )


def models(target: Target) -> Request:
    return get(target, "/models")


def read_models(data: bytes) -> list[str]:
    rows = decode(data).get("data")
    if not isinstance(rows, list):
        raise bad_response("it lists no models")
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]


health = models  # a free call, and one that checks the key


def read_health(data: bytes) -> None:
    read_models(data)


def loaded(target: Target) -> None:
    """Servers of this format do not report which models are in memory."""


def read_loaded(data: bytes, name: str) -> bool:
    raise NotImplementedError


def read_error(code: int, headers: Mapping[str, str], data: bytes) -> PortalError:
    try:
        answer = decode(data)
    except PortalError:
        answer = {}
    return status.to_error(code, headers, *_error_parts(answer))


def _error_parts(answer: Body) -> tuple[str, str]:
    """Return message and code of an error object, in OpenAI's, vLLM's or FastAPI's form."""
    error = answer.get("error", answer)
    if isinstance(error, str):
        return error, ""
    if not isinstance(error, dict):
        return "", ""
    message = error.get("message") or error.get("detail") or ""
    codes = (error.get("code"), error.get("type"))
    return str(message), " ".join(code for code in codes if isinstance(code, str))


def _in_answer(answer: Body) -> PortalError | None:
    """Return the error in the body of a 200, if there is one."""
    if answer.get("error") or answer.get("object") == "error":
        error = answer.get("error")
        code = error.get("code") if isinstance(error, dict) else answer.get("code")
        http_status = code if type(code) is int and 400 <= code < 600 else 500
        return status.to_error(http_status, {}, *_error_parts(answer))
    return None


def _checked(data: bytes) -> Body:
    answer = decode(data)
    if error := _in_answer(answer):
        raise error
    return answer


class _Delta(msgspec.Struct, gc=False):
    content: Any = None
    reasoning_content: Any = None
    reasoning: Any = None


class _Choice(msgspec.Struct, gc=False):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _ChunkShape(msgspec.Struct, gc=False):
    """The fields of a chunk that are read; the rest is relayed as it is."""

    choices: list[_Choice] | None = None
    usage: dict[str, Any] | None = None
    error: Any = None
    object: str | None = None


class _TextDelta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning_content: None = None
    reasoning: None = None


class _TextChoice(msgspec.Struct, gc=False):
    delta: _TextDelta
    index: Literal[0] = 0
    finish_reason: Literal[""] | None = None


class _TextChunk(msgspec.Struct, gc=False):
    """A chunk that adds text to the first answer, and holds nothing else to act upon."""

    choices: tuple[_TextChoice]
    usage: dict[str, Any] | None = None
    error: None = None


# Without gc=False the garbage collector runs often, and takes five times as long as the decoding.
_decoder = msgspec.json.Decoder(_ChunkShape)
_texts = msgspec.json.Decoder(_TextChunk)


class Stream(StreamParser):
    """Server-sent events → Chunk…, then one Done or Failure."""

    def __init__(self, target: Target, stamp: Stamp) -> None:
        super().__init__(ServerSentEvents())
        self.open: set[int] = set()  # answers (of n) that have no finish reason yet
        self.finished = False  # at least one answer has a finish reason

    def _record(self, record: bytes) -> list[Event]:
        if record.strip() == b"[DONE]":
            return [self._end()]
        shape = _read_shape(record)
        if shape.error or shape.object == "error":
            raise _in_answer(decode(record)) or bad_response("an error without words")
        return [self._chunk(record, shape)]

    def _text_of(self, records: list[bytes]) -> Chunk | None:
        lines = b"\n".join(records)
        if lines.count(b"\n") >= len(records):  # a record of several lines
            return None
        try:
            lines.decode()  # as in _read_shape
            chunks = _texts.decode_lines(lines)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None
        if len(chunks) != len(records):
            return None
        self.open.add(0)
        text = "".join([chunk.choices[0].delta.content or "" for chunk in chunks])
        usage = next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None)
        data = b"data: " + b"\n\ndata: ".join(records) + b"\n\n"
        return Chunk(data, text=self.text.take(text), usage=usage)

    def _chunk(self, data: bytes, shape: _ChunkShape) -> Chunk:
        choices = shape.choices or []
        for choice in choices:
            self.open.add(choice.index)
            if choice.finish_reason:
                self.finished = True
                self.open.discard(choice.index)
        # Answers beside the first (n > 1) are relayed but not read.
        choice = next((choice for choice in choices if choice.index == 0), _Choice())
        delta = choice.delta or _Delta()
        return Chunk(
            server_sent(data),
            text=self.text.take(delta.content) if isinstance(delta.content, str) else "",
            reasoning=self.reasoning.take(_text(delta.reasoning_content, delta.reasoning)),
            finish_reason=choice.finish_reason or None,
            usage=shape.usage,
            usage_only=not shape.choices and shape.usage is not None,
        )

    def _end(self) -> Event:
        self.ended = True
        return Done() if self.finished and not self.open else Failure(cut_off())


def _text(*values: Any) -> str:
    return next((value for value in values if isinstance(value, str)), "")


def _read_shape(data: bytes) -> _ChunkShape:
    try:
        data.decode()  # msgspec does not validate what it skips, but the caller's client does
        return _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:  # msgspec refuses a lone surrogate, whose other half may be in the next chunk
        return msgspec.convert(json.loads(data), _ChunkShape)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise bad_response("a chunk is not of OpenAI's form") from None
