"""Writes a whole answer as a response: its fields, and its items."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from core.json_values import loads
from doors.pieces import count
from doors.responses import thoughts
from doors.responses.request import THOUGHTS
from doors.responses.tools import INPUT, Named, names

if TYPE_CHECKING:
    from doors.door import Asked
    from doors.pieces import Call, Piece
    from registry.providers.wire import Body

# Returned as they were asked, with the value for callers who did not ask.
ECHOED: dict[str, Any] = {
    "instructions": None, "max_output_tokens": None, "parallel_tool_calls": True,
    "temperature": None, "top_p": None, "tool_choice": "auto", "tools": [], "metadata": {},
    "text": {"format": {"type": "text"}}, "reasoning": None, "user": None,
    "top_logprobs": 0,
}  # fmt: skip
COMPLETED = "completed"
NO_ARGUMENTS = "{}"  # as OpenAI writes it: clients cannot parse the empty text of other servers
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def answer(piece: Piece, asked: Asked, identifier: str, model: str) -> Body:
    items = Output(asked, identifier)
    status = status_of(piece.finish_reason)
    rows = []
    if piece.reasoning or piece.thoughts:
        rows.append(items.reasoning(0, piece.reasoning, piece.thoughts))
    if piece.text or piece.refusal:
        last = COMPLETED if piece.calls else status
        rows.append(items.message(len(rows), piece, status=last))
    for call in piece.calls:
        last = status if call is piece.calls[-1] else COMPLETED
        rows.append(items.call(len(rows), call, status=last))
    return ended(head(asked, identifier, model), rows, piece.finish_reason, piece.usage)


def head(asked: Asked, identifier: str, model: str) -> Body:
    """Return a response that has begun."""
    own = {name: asked.own[name] for name in ECHOED if asked.own.get(name) is not None}
    return {
        "id": f"resp_{identifier}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": [],
        "background": False,
        "previous_response_id": None,
        "store": False,
        "truncation": "disabled",
        "usage": None,
        **ECHOED,
        **own,
    }


def ended(begun: Body, items: list[Body], finish_reason: str | None, counted: Body | None) -> Body:
    """Return the response at its end: completed, or incomplete, and why."""
    reason = INCOMPLETE.get(finish_reason or "")
    return begun | {
        "status": status_of(finish_reason),
        "incomplete_details": {"reason": reason} if reason else None,
        "output": items,
        "usage": usage(counted),
    }


def status_of(finish_reason: str | None) -> str:
    return "incomplete" if finish_reason in INCOMPLETE else COMPLETED


class Output:
    """Writes the items of one response."""

    def __init__(self, asked: Asked, identifier: str) -> None:
        self.identifier = identifier
        self.names = names(asked.own.get("tools") or [])
        self.includes_thoughts = THOUGHTS in (asked.own.get("include") or ())

    def reasoning(self, number: int, text: str, blocks: list[Body]) -> Body:
        item: Body = {
            "id": f"rs_{self.identifier}_{number}",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": text}] if text else [],
        }
        if self.includes_thoughts and blocks:
            item["encrypted_content"] = thoughts.closed(blocks)
        return item

    def message(self, number: int, said: Piece, *, status: str = COMPLETED) -> Body:
        parts = [text_part(said.text, said.logprobs)] if said.text else []
        parts += [{"type": "refusal", "refusal": said.refusal}] if said.refusal else []
        return {
            "id": f"msg_{self.identifier}_{number}",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": parts,
        }

    def is_custom(self, call: Call) -> bool:
        return self._named(call).kind == "custom"

    def call(self, number: int, call: Call, *, status: str = COMPLETED) -> Body:
        named, arguments = self._named(call), call.function.arguments or ""
        known: Body = {"call_id": call.id, "name": named.name, "status": status}
        if named.namespace:
            known["namespace"] = named.namespace
        if named.kind == "custom":
            known |= {"type": "custom_tool_call", "input": custom_input(arguments)}
            return {"id": f"ctc_{self.identifier}_{number}", **known}
        if not arguments and status != "in_progress":
            arguments = NO_ARGUMENTS
        known |= {"type": "function_call", "arguments": arguments}
        return {"id": f"fc_{self.identifier}_{number}", **known}

    def _named(self, call: Call) -> Named:
        name = call.function.name or ""
        return self.names.get(name) or Named("function", name)


def text_part(text: str, logprobs: list[Body]) -> Body:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs}


def custom_input(arguments: str) -> str:
    """Return the text of a custom tool's call; other arguments as they are."""
    try:
        value = loads(arguments)
    except (ValueError, RecursionError):
        return arguments
    text = value.get(INPUT) if isinstance(value, dict) else None
    return text if isinstance(text, str) else arguments


def usage(counted: Body | None) -> Body | None:
    """Return the counts; null if the provider does not count."""
    if not counted:
        return None
    prompt, new = count(counted, "prompt_tokens"), count(counted, "completion_tokens")
    cached = count(counted, "cached_tokens", "prompt_tokens_details")
    thought = count(counted, "reasoning_tokens", "completion_tokens_details")
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": new,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": count(counted, "total_tokens") or prompt + new,
    }
