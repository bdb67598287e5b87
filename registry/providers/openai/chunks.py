"""
The fields of a chunk that are read, and the decoders of chunks.
"""

from __future__ import annotations

import json
from typing import Any, Literal, TypeVar

import msgspec


class Function(msgspec.Struct, gc=False):
    name: str | None = None
    arguments: str | None = None


class Call(msgspec.Struct, gc=False):
    index: int
    id: str | None = None
    function: Function | None = None


class Delta(msgspec.Struct, gc=False):
    content: str | list[Any] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[Call] | None = None


class Choice(msgspec.Struct, gc=False):
    delta: Delta
    index: int
    finish_reason: str | None = None
    error: Any = None
    message: None = None


class Groq(msgspec.Struct, gc=False):
    error: Any = None


class ChunkShape(msgspec.Struct, gc=False):
    """The fields of a chunk that are read; the rest is relayed as it is."""

    choices: list[Choice]
    usage: dict[str, Any] | None = None
    error: Any = None
    x_groq: Groq | None = None


class TextDelta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning_content: None = None
    reasoning: None = None
    refusal: None = None
    tool_calls: None = None


class TextChoice(msgspec.Struct, gc=False):
    delta: TextDelta
    index: Literal[0]
    finish_reason: Literal[""] | None = None
    error: None = None
    message: None = None


class TextChunk(msgspec.Struct, gc=False):
    """A chunk that adds text to the first answer, and holds nothing else to act upon."""

    choices: tuple[TextChoice]
    usage: dict[str, Any] | None = None
    error: None = None
    x_groq: None = None


class RawText(msgspec.Struct, gc=False):
    text: str | None = None
    index: Literal[0] = 0
    finish_reason: Literal[""] | None = None


class RawChunk(msgspec.Struct, gc=False):
    """A chunk of a raw completion that adds text to the first answer, and nothing else."""

    choices: tuple[RawText]
    usage: dict[str, Any] | None = None
    error: None = None


# Without gc=False the garbage collector runs often, and takes five times as long as the decoding.
_decoder = msgspec.json.Decoder(ChunkShape)
texts = msgspec.json.Decoder(TextChunk)
raw_texts = msgspec.json.Decoder(RawChunk)
T = TypeVar("T")


def all_of(records: list[bytes], decoder: msgspec.json.Decoder[T]) -> list[T] | None:
    """Return the records, decoded at once, or None if one of them is not of this form."""
    lines = b"\n".join(records)
    if lines.count(b"\n") >= len(records):  # a record of several lines
        return None
    try:
        lines.decode()  # as in read_shape
        chunks = decoder.decode_lines(lines)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return chunks if len(chunks) == len(records) else None


def all_sent(records: list[bytes]) -> bytes:
    """Return records of one line each as server-sent events."""
    return b"data: " + b"\n\ndata: ".join(records) + b"\n\n"


def read_shape(data: bytes) -> ChunkShape | None:
    """Return the fields of a chunk, or None if it is not of the expected form."""
    try:
        data.decode()  # msgspec does not validate what it skips, but the caller's client does
        return _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:  # msgspec refuses a lone surrogate, whose other half may be in the next chunk
        return msgspec.convert(json.loads(data, parse_constant=_refuse), ChunkShape)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _refuse(name: str) -> None:
    """NaN and Infinity are no JSON: the chunk must be repaired."""
    raise ValueError(name)
