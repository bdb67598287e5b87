"""How callers write a conversation, in the API of each door."""

from __future__ import annotations

import json
from typing import Any

from tests.doors.pairs.conversation import PARAMETERS, SCHEMA, Assistant, Conversation, Result, User


def messages(asked: Conversation) -> dict[str, Any]:
    """Return a request of the Messages API; results of tools share a user's turn."""
    turns: list[dict[str, Any]] = []
    calls: dict[str, str] = {}
    for number, turn in enumerate(asked.turns):
        role, blocks = _blocks(turn, number, calls)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    return {
        "model": "m",
        "max_tokens": asked.limit,
        "messages": turns,
        "system": asked.system or None,
        "temperature": asked.temperature,
        "stop_sequences": list(asked.stop) or None,
        "tools": [{"name": n, "description": d, "input_schema": PARAMETERS} for n, d in asked.tools]
        or None,
        "tool_choice": _choice(asked.choice),
        "output_config": _format(asked),
    }


def _blocks(
    turn: User | Assistant | Result, number: int, calls: dict[str, str]
) -> tuple[str, list[dict[str, Any]]]:
    if isinstance(turn, User):
        images = [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": i}}
                  for i in turn.images]  # fmt: skip
        return "user", [*images, {"type": "text", "text": turn.text}]
    if isinstance(turn, Result):
        content = [{"type": "text", "text": turn.text}]
        return "user", [
            {"type": "tool_result", "tool_use_id": calls[turn.name], "content": content}
        ]
    blocks: list[dict[str, Any]] = [{"type": "text", "text": turn.text}] if turn.text else []
    for call in turn.calls:
        calls[call.name] = f"toolu_{number}_{call.name}"
        block = {"type": "tool_use", "id": calls[call.name], "name": call.name}
        blocks.append({**block, "input": call.arguments})
    return "assistant", blocks


def _choice(choice: str) -> dict[str, Any] | None:
    if choice in ("", "auto", "none"):
        return {"type": choice} if choice else None
    return {"type": "tool", "name": choice}


def _format(asked: Conversation) -> dict[str, Any] | None:
    return {"format": {"type": "json_schema", "schema": SCHEMA}} if asked.schema else None


def responses(asked: Conversation) -> dict[str, Any]:
    """Return a request of the Responses API."""
    items: list[dict[str, Any]] = []
    calls: dict[str, str] = {}
    for number, turn in enumerate(asked.turns):
        items += _items(turn, number, calls)
    choice = asked.choice
    named = {"type": "function", "name": choice}
    form = {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}
    return {
        "model": "m",
        "input": items,
        "instructions": asked.system or None,
        "max_output_tokens": asked.limit,
        "temperature": asked.temperature,
        "tools": [
            {"type": "function", "name": name, "description": words, "parameters": PARAMETERS}
            for name, words in asked.tools
        ],
        "tool_choice": choice if choice in ("auto", "none") else named if choice else None,
        "text": {"format": form} if asked.schema else None,
        "store": False,
    }


def _items(
    turn: User | Assistant | Result, number: int, calls: dict[str, str]
) -> list[dict[str, Any]]:
    if isinstance(turn, User):
        parts: list[dict[str, Any]] = [
            {"type": "input_image", "image_url": f"data:image/png;base64,{image}", "detail": "auto"}
            for image in turn.images
        ]
        return [{"role": "user", "content": [*parts, {"type": "input_text", "text": turn.text}]}]
    if isinstance(turn, Result):
        kind = "function_call_output"
        return [{"type": kind, "call_id": calls[turn.name], "output": turn.text}]
    content = [{"type": "output_text", "text": turn.text, "annotations": []}]
    items: list[dict[str, Any]] = []
    if turn.text:
        items.append({"type": "message", "role": "assistant", "content": content})
    for call in turn.calls:
        calls[call.name] = f"call_{number}_{call.name}"
        known = {"type": "function_call", "call_id": calls[call.name], "name": call.name}
        items.append({**known, "arguments": json.dumps(call.arguments)})
    return items


def ollama(asked: Conversation) -> dict[str, Any]:
    """Return a request of Ollama's /api/chat."""
    turns = [_turn(turn) for turn in asked.turns]
    tools = [
        {"type": "function", "function": {"name": n, "description": d, "parameters": PARAMETERS}}
        for n, d in asked.tools
    ]
    return {
        "model": "m",
        "messages": [{"role": "system", "content": asked.system}, *turns]
        if asked.system
        else turns,
        "tools": tools or None,
        "format": SCHEMA if asked.schema else None,
        "options": {
            "num_predict": asked.limit,
            "temperature": asked.temperature,
            "stop": list(asked.stop),
        },
    }


def _turn(turn: User | Assistant | Result) -> dict[str, Any]:
    if isinstance(turn, User):
        return {"role": "user", "content": turn.text, "images": list(turn.images)}
    if isinstance(turn, Result):
        return {"role": "tool", "content": turn.text, "tool_name": turn.name}
    calls = [{"function": {"name": c.name, "arguments": c.arguments}} for c in turn.calls]
    return {"role": "assistant", "content": turn.text, "tool_calls": calls}


CALLERS = {"messages": messages, "responses": responses, "ollama": ollama}
