"""Writes a whole answer as a response: its fields, and its items."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from doors.responses import thoughts
from doors.responses.request import INCLUDED
from doors.responses.tools import INPUT, customs

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Call, Piece
    from registry.providers.wire import Body

# Returned as they were asked, with the value for callers who did not ask.
ECHOED: dict[str, Any] = {
    "instructions": None, "max_output_tokens": None, "parallel_tool_calls": True,
    "temperature": None, "top_p": None, "tool_choice": "auto", "tools": [], "metadata": {},
    "text": {"format": {"type": "text"}}, "reasoning": None, "user": None,
}  # fmt: skip
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def answer(piece: Piece, asked: Asked, identifier: str, model: str) -> Body:
    items = Output(asked, identifier)
    rows = []
    if piece.reasoning or piece.thoughts:
        rows.append(items.reasoning(0, piece.reasoning, piece.thoughts))
    if piece.text or piece.refusal:
        rows.append(items.message(len(rows), piece.text, piece.refusal))
    for call in piece.calls:
        rows.append(items.call(len(rows), call))
    return ended(head(asked, identifier, model), rows, piece.finish_reason, piece.usage)


def head(asked: Asked, identifier: str, model: str) -> Body:
    """Return a response that has begun."""
    echoed = {name: asked.own.get(name) or value for name, value in ECHOED.items()}
    if asked.own.get("parallel_tool_calls") is False:
        echoed["parallel_tool_calls"] = False
    return {
        "id": f"resp_{identifier}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": [],
        "previous_response_id": None,
        "store": False,
        "truncation": "disabled",
        "usage": None,
        **echoed,
    }


def ended(begun: Body, items: list[Body], finish_reason: str | None, counted: Body | None) -> Body:
    """Return the response at its end: completed, or incomplete, and why."""
    reason = INCOMPLETE.get(finish_reason or "")
    return begun | {
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": items,
        "usage": usage(counted),
    }


class Output:
    """Writes the items of one response."""

    def __init__(self, asked: Asked, identifier: str) -> None:
        self.identifier = identifier
        self.customs = customs(asked.own.get("tools") or [])
        self.includes_thoughts = INCLUDED in (asked.own.get("include") or ())

    def reasoning(self, number: int, text: str, blocks: list[Body]) -> Body:
        item: Body = {
            "id": f"rs_{self.identifier}_{number}",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": text}] if text else [],
        }
        if self.includes_thoughts and blocks:
            item["encrypted_content"] = thoughts.closed(blocks)
        return item

    def message(self, number: int, text: str, refusal: str = "") -> Body:
        parts = [text_part(text)] if text else []
        parts += [{"type": "refusal", "refusal": refusal}] if refusal else []
        return {
            "id": f"msg_{self.identifier}_{number}",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": parts,
        }

    def call(self, number: int, call: Call) -> Body:
        name, arguments = call.function.name or "", call.function.arguments or ""
        known = {"call_id": call.id, "name": name, "status": "completed"}
        if name in self.customs:
            known |= {"type": "custom_tool_call", "input": custom_input(arguments)}
            return {"id": f"ctc_{self.identifier}_{number}", **known}
        known |= {"type": "function_call", "arguments": arguments}
        return {"id": f"fc_{self.identifier}_{number}", **known}


def text_part(text: str) -> Body:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def custom_input(arguments: str) -> str:
    """Return the text of a custom tool's call; other arguments as they are."""
    try:
        value = json.loads(arguments)
    except ValueError:
        return arguments
    text = value.get(INPUT) if isinstance(value, dict) else None
    return text if isinstance(text, str) else arguments


def usage(counted: Body | None) -> Body | None:
    """Return the counts; null if the provider does not count."""
    if not counted:
        return None
    prompt, new = counted.get("prompt_tokens") or 0, counted.get("completion_tokens") or 0
    cached = (counted.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    thought = (counted.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": new,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": counted.get("total_tokens") or prompt + new,
    }
