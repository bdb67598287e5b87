"""How callers write a conversation, in the API of each door."""

from __future__ import annotations

from typing import Any

from tests.doors.pairs.conversation import (
    PARAMETERS,
    SCHEMA,
    Conversation,
    Result,
    System,
    Turn,
    User,
)


def messages(asked: Conversation) -> dict[str, Any]:
    """Return a request of the Messages API; results of tools share a user's turn."""
    turns: list[dict[str, Any]] = []
    calls: dict[str, str] = {}
    for number, turn in enumerate(asked.turns):
        role, blocks = _blocks(turn, f"{asked.ids}{number}_", calls)
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


def written(result: Result) -> tuple[str, ...]:
    """Return the texts of a result as agents write them where there is no field for a failure."""
    return tuple(f"Error: {text}" for text in result.texts) if result.failed else result.texts


def _blocks(turn: Turn, ids: str, calls: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
    if isinstance(turn, User):
        return "user", [*_images(turn), *_texts(turn.texts)]
    if isinstance(turn, System):
        return "system", _texts((turn.text,))
    if isinstance(turn, Result):
        content = [*_texts(turn.texts), *_images(turn)]
        known = {"type": "tool_result", "tool_use_id": calls[turn.name], "content": content}
        return "user", [known | ({"is_error": True} if turn.failed else {})]
    blocks = _texts((turn.text,) if turn.text else ())
    for call in turn.calls:
        calls[call.name] = f"{ids}{call.name}"
        block = {"type": "tool_use", "id": calls[call.name], "name": call.name}
        blocks.append({**block, "input": call.arguments})
    return "assistant", blocks


def _texts(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text} for text in texts]


def _images(turn: User | Result) -> list[dict[str, Any]]:
    return [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": image}}
            for image in turn.images]  # fmt: skip


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
        items += _items(turn, f"{asked.ids}{number}_", calls)
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


def _items(turn: Turn, ids: str, calls: dict[str, str]) -> list[dict[str, Any]]:
    if isinstance(turn, User):
        return [{"role": "user", "content": [*_input_images(turn), *_input_texts(turn.texts)]}]
    if isinstance(turn, System):
        return [{"role": "developer", "content": turn.text}]
    if isinstance(turn, Result):
        output = [*_input_texts(written(turn)), *_input_images(turn)]
        return [{"type": "function_call_output", "call_id": calls[turn.name], "output": output}]
    content = [{"type": "output_text", "text": turn.text, "annotations": []}]
    items: list[dict[str, Any]] = []
    if turn.text:
        items.append({"type": "message", "role": "assistant", "content": content})
    for call in turn.calls:
        calls[call.name] = f"{ids}{call.name}"
        known = {"type": "function_call", "call_id": calls[call.name], "name": call.name}
        items.append({**known, "arguments": call.text})
    return items


def _input_texts(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"type": "input_text", "text": text} for text in texts]


def _input_images(turn: User | Result) -> list[dict[str, Any]]:
    return [{"type": "input_image", "image_url": f"data:image/png;base64,{image}", "detail": "auto"}
            for image in turn.images]  # fmt: skip


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


def _turn(turn: Turn) -> dict[str, Any]:
    if isinstance(turn, User):
        return {"role": "user", "content": "\n".join(turn.texts), "images": list(turn.images)}
    if isinstance(turn, System):
        return {"role": "system", "content": turn.text}
    if isinstance(turn, Result):
        result = {"role": "tool", "content": "\n".join(written(turn)), "tool_name": turn.name}
        return result | ({"images": list(turn.images)} if turn.images else {})
    calls = [{"function": {"name": c.name, "arguments": c.arguments}} for c in turn.calls]
    return {"role": "assistant", "content": turn.text, "tool_calls": calls}


CALLERS = {"messages": messages, "responses": responses, "ollama": ollama}
