"""
A whole answer out of a stream: some servers stream although the request says `stream: false`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.providers.events import Chunk, Failure
from registry.providers.framing import ServerSentEvents
from registry.providers.reading import decode, in_whole_characters
from registry.providers.wire import Body, Completion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.providers.wire import ChatStream

FIRST = ("role", "id", "type", "name", "index")  # said once, or repeated: never joined


def read(parser: ChatStream, data: bytes) -> Body | None:
    """Return the `chat.completion` that is streamed in `data`, or None if none is.

    Raises PortalError if the stream broke off.
    """
    events = [*parser.feed(data), *parser.close()]
    chunks = [event.data for event in events if isinstance(event, Chunk)]
    if not chunks:
        return None
    if isinstance(last := events[-1], Failure):
        raise last.error
    return _join(
        decode(record, halves=True) for record in ServerSentEvents().feed(b"".join(chunks))
    )


def completion(answer: Body) -> Completion:
    """Return the text of a `chat.completion` as a raw completion."""
    choice, usage = answer["choices"][0], answer.get("usage")
    text = choice["message"].get("content")
    return Completion(text if isinstance(text, str) else "", choice["finish_reason"], usage)


def _join(chunks: Iterable[Body]) -> Body | None:
    answer: Body = {}
    choices: dict[int, Body] = {}
    for chunk in chunks:
        answer |= {key: value for key, value in chunk.items() if value not in (None, "")}
        for piece in chunk.get("choices") or ():
            message = {"role": "assistant", "content": None}
            choice = {"index": piece["index"], "message": message, "finish_reason": None}
            choice = choices.setdefault(piece["index"], choice)
            delta = dict(piece["delta"])
            _add_calls(choice["message"], delta.pop("tool_calls", None) or ())
            _add(choice["message"], delta)
            _add(choice, {k: v for k, v in piece.items() if k not in ("delta", "finish_reason")})
            choice["finish_reason"] = piece.get("finish_reason") or choice["finish_reason"]
    for choice in choices.values():
        _close_calls(choice["message"])
    rows = [choice for _, choice in sorted(choices.items())]
    whole = {**answer, "object": "chat.completion", "choices": rows}
    return dict(in_whole_characters(whole)) if rows else None


def _add(whole: Body, piece: Body) -> None:
    """Add the fields of `piece`: texts and lists are joined."""
    for key, value in piece.items():
        if value is not None:
            given = whole.get(key)
            whole[key] = (given or value) if key in FIRST else _joined(given, value)


def _add_calls(message: Body, pieces: Iterable[Body]) -> None:
    """Add the pieces of tool calls, by their index."""
    for piece in pieces:
        _add(message.setdefault("tool_calls", {}).setdefault(piece["index"], {}), piece)


def _joined(whole: Any, piece: Any) -> Any:
    if not whole:
        return piece
    if isinstance(whole, dict) and isinstance(piece, dict):
        _add(whole, piece)
        return whole
    if isinstance(whole, str) and isinstance(piece, str):
        return whole + piece
    if isinstance(whole, list) or isinstance(piece, list):
        return [*_parts(whole), *_parts(piece)]
    return piece


def _parts(value: Any) -> list[Any]:
    """Return a content as a list of parts."""
    if isinstance(value, str):
        return [{"type": "text", "text": value}] if value else []
    return value if isinstance(value, list) else [value]


def _close_calls(message: Body) -> None:
    """Replace the tool calls by index with a list, as whole answers have them."""
    if calls := message.pop("tool_calls", None):
        rows = [call for _, call in sorted(calls.items())]
        message["tool_calls"] = [
            {"type": "function", **{k: v for k, v in call.items() if k != "index"}} for call in rows
        ]
