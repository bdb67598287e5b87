"""How callers write a conversation, in the API of each door."""

from __future__ import annotations

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


CALLERS = {"messages": messages}
