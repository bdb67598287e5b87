"""
The conversation's answer in pieces that doors write: of OpenAI's chunks, or of a whole message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from registry.providers.framing import ServerSentEvents
from registry.providers.openai.stream import REFUSAL
from registry.providers.reading import bad_response, token_count

if TYPE_CHECKING:
    from registry.providers.events import Chunk
    from registry.providers.wire import Body, Completion

THOUGHT = ("type", "thinking", "signature", "data")
STOP = b'"stop_reason"'  # some servers write it into every chunk, as null


class Function(msgspec.Struct, gc=False):
    """Of a tool call: its name, and a part of its arguments, as text."""

    name: str | None = None
    arguments: str | None = None


class Call(msgspec.Struct, gc=False):
    """A part of a tool call. The first part has `id` and the function's name."""

    index: int = 0
    id: str | None = None
    function: Function = msgspec.field(default_factory=Function)


class Piece(msgspec.Struct, gc=False):
    """A part of an answer. `thoughts` are blocks with their signatures, as Anthropic's.

    One without text signs the thought that was streamed before it.
    """

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: list[Call] = []
    thoughts: list[dict[str, Any]] = []
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    model: str = ""
    logprobs: list[dict[str, Any]] = []  # of the text's tokens
    stop: str = ""  # the caller's own text that ended the answer, if the server says which


class _Delta(msgspec.Struct, gc=False):
    tool_calls: list[Call] | None = None
    thinking_blocks: Any = None
    refusal: Any = None


class _Choice(msgspec.Struct, gc=False):
    index: int = 0
    delta: _Delta = msgspec.field(default_factory=_Delta)
    logprobs: Any = None
    stop_reason: Any = None


class _Chunk(msgspec.Struct, gc=False):
    choices: list[_Choice] = []


_chunks = msgspec.json.Decoder(_Chunk)


def of_chunk(chunk: Chunk) -> Piece:
    """Return what a chunk adds to the only answer of its stream."""
    piece = Piece(chunk.text, chunk.reasoning, finish_reason=chunk.finish_reason, usage=chunk.usage)
    if _has_more(chunk.data) or (chunk.finish_reason and STOP in chunk.data):
        for record in ServerSentEvents().feed(chunk.data):
            _add(piece, _decoded(record))
        if piece.text == piece.refusal:  # people read it as text
            piece.text = ""
    return piece


def _decoded(record: bytes) -> _Chunk:
    try:
        return _chunks.decode(record)
    except (msgspec.MsgspecError, ValueError) as error:
        raise bad_response(f"a chunk has another form ({error})") from None


def _has_more(data: bytes) -> bool:
    """May it hold more than text? (`any` over the names takes three times as long.)"""
    return (
        b'"tool_calls"' in data
        or b'"thinking_blocks"' in data
        or b'"refusal"' in data
        or b'"logprob"' in data
    )


def _add(piece: Piece, chunk: _Chunk) -> None:
    for choice in chunk.choices:
        delta = choice.delta
        piece.calls = [*piece.calls, *(delta.tool_calls or ())]
        piece.thoughts = [*piece.thoughts, *signed(delta.thinking_blocks)]
        piece.logprobs = [*piece.logprobs, *_logprobs(choice.logprobs)]
        if isinstance(delta.refusal, str) and delta.refusal:
            piece.refusal += delta.refusal
        piece.stop = _text(choice.stop_reason) or piece.stop


def signed(blocks: Any) -> list[dict[str, Any]]:
    """Return the signed thoughts. Others are text alone, as the parts that gateways stream."""
    rows = (
        [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    )
    return [{key: row[key] for key in THOUGHT if key in row} for row in rows if _is_signed(row)]


def _is_signed(row: dict[str, Any]) -> bool:
    texts = [row[key] for key in THOUGHT if row.get(key) is not None]
    return all(isinstance(text, str) for text in texts) and bool(
        row.get("signature") or row.get("data")
    )


def _logprobs(value: Any) -> list[dict[str, Any]]:
    content = value.get("content") if isinstance(value, dict) else None
    return content if isinstance(content, list) else []


def of_answer(answer: Body) -> Piece:
    """Return a whole `chat.completion` as one piece."""
    choice = (answer.get("choices") or [{}])[0]
    message = choice.get("message") or {}
    return Piece(
        text=_text(message.get("content")),
        reasoning=_text(message.get("reasoning_content") or message.get("reasoning")),
        refusal=_text(message.get("refusal")),
        calls=_calls(message),
        finish_reason=_reason(choice.get("finish_reason"), message),
        usage=answer.get("usage"),
        model=_text(answer.get("model")),
        logprobs=_logprobs(choice.get("logprobs")),
        thoughts=signed(message.get("thinking_blocks")),
        stop=_text(choice.get("stop_reason")),
    )


def _reason(reason: Any, message: Body) -> Any:
    """Return why an answer ended; that a model refuses is a reason, as in streams."""
    declined = message.get("refusal") and not message.get("content")
    return REFUSAL if declined and reason in (None, "stop") else reason


def of_completion(completion: Completion) -> Piece:
    """Return a raw completion as one piece."""
    reason, usage = completion.finish_reason, completion.usage
    return Piece(text=completion.text, finish_reason=reason, usage=usage)


def _calls(message: Body) -> list[Call]:
    calls = message.get("tool_calls") or []
    rows = [{**call, "index": number} for number, call in enumerate(calls)]
    return msgspec.convert(rows, list[Call]) if rows else []


def count(usage: dict[str, Any] | None, name: str, part: str = "") -> int:
    """Return a count of a `usage`, or of an object in it; 0 for what is no count."""
    counts = (usage or {}).get(part) if part else usage
    return token_count(counts.get(name)) or 0 if isinstance(counts, dict) else 0


def _text(content: Any) -> str:
    """Return text, or the text of parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
