"""Writes a whole answer as a Messages response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doors.pieces import count
from registry.providers import requested

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Call, Piece
    from registry.providers.wire import Body

REASONS = {
    "stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use",
    "function_call": "tool_use", "content_filter": "refusal", "refusal": "refusal",
}  # fmt: skip


def answer(piece: Piece, asked: Asked, identifier: str, model: str) -> Body:
    return {
        **head(identifier, model),
        "content": list(_blocks(piece)),
        **ending(piece.finish_reason, piece.stop, asked, has_calls=bool(piece.calls)),
        "usage": usage(piece.usage),
    }


def head(identifier: str, model: str) -> Body:
    """Return the fields that every answer begins with."""
    return {
        "id": f"msg_{identifier}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _blocks(piece: Piece) -> Any:
    yield from piece.thoughts
    if piece.reasoning and not piece.thoughts:
        yield {"type": "thinking", "thinking": piece.reasoning, "signature": ""}
    if text := piece.text or piece.refusal:
        yield {"type": "text", "text": text}
    for call in piece.calls:
        function = {"arguments": call.function.arguments}
        yield {**call_block(call), "input": requested.arguments(function)}


def call_block(call: Call) -> Body:
    return {"type": "tool_use", "id": call.id, "name": call.function.name, "input": {}}


def ending(finish_reason: str | None, stop: str, asked: Asked, *, has_calls: bool) -> Body:
    """Return why the answer ended; `stop` counts if it is one of the caller's texts."""
    if finish_reason in (None, "stop") and stop in (asked.chat.get("stop") or ()):
        return {"stop_reason": "stop_sequence", "stop_sequence": stop}
    if has_calls and finish_reason in (None, "stop"):  # as some servers end a call
        reason = "tool_use"
    else:
        reason = REASONS.get(finish_reason or "stop", "end_turn")
    return {"stop_reason": reason, "stop_sequence": None}


def usage(counted: Body | None) -> Body:
    """Return the counts. Those of the cache are beside the input's, and not within."""
    cached = count(counted, "cached_tokens", "prompt_tokens_details")
    written = count(counted, "cache_write_tokens", "prompt_tokens_details")
    prompt = count(counted, "prompt_tokens")
    return {
        "input_tokens": max(prompt - cached - written, 0),
        "output_tokens": count(counted, "completion_tokens"),
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": written,
    }
