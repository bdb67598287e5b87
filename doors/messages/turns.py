"""
Translates turns of blocks into OpenAI's messages.

A user's turn may hold results of tools beside other blocks: each result is a message of the role
tool, which come first, as they follow the calls. An image in a result follows in a user's message:
OpenAI's results are text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chat.requests.dangers import refused
from doors.messages.blocks import lost, marked, parts
from doors.pieces import signed

if TYPE_CHECKING:
    from registry.providers.wire import Body

THOUGHTS = ("thinking", "redacted_thinking")
FAILED = "Error: "  # before the text of a result with `is_error`


def messages(system: str | list[Body] | None, turns: list[Body]) -> tuple[list[Body], list[str]]:
    """Return OpenAI's messages, and the names of what is dropped. Raises PortalError."""
    dropped: list[str] = []
    translated: list[Body] = []
    if system:
        content = system if isinstance(system, str) else parts(system, "system", dropped)
        translated += [{"role": "system", "content": content}] if content else []
    for number, turn in enumerate(turns):
        place, content = f"messages[{number}].content", turn["content"]
        if isinstance(content, str):
            translated.append({"role": turn["role"], "content": content})
        elif turn["role"] == "assistant":
            translated.append(_assistant(content, place, dropped))
        else:
            translated += _user(turn["role"], content, place, dropped)
    return translated, dropped


def _user(role: str, blocks: list[Body], place: str, dropped: list[str]) -> list[Body]:
    results, shown, others = [], [], []
    for block in blocks:
        if block.get("type") == "tool_result":
            result, media = _result(block, place, dropped)
            results.append(result)
            shown += media
        else:
            others.append(block)
    rest = [*shown, *parts(others, place, dropped)]
    return [*results, *([{"role": role, "content": rest}] if rest else [])]


def _result(block: Body, place: str, dropped: list[str]) -> tuple[Body, list[Body]]:
    """Return a message of the role tool, and the parts that are no text."""
    content = block.get("content") or ""
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    read = parts(content, f"{place}.content", dropped)
    dropped += [*lost(block), *marked(read)]
    text = "\n".join(part["text"] for part in read if part["type"] == "text")
    if block.get("is_error"):
        text = FAILED + text
    others = [part for part in read if part["type"] != "text"]
    message = {"role": "tool", "tool_call_id": _name(block, "tool_use_id", place), "content": text}
    return message, others


def _assistant(blocks: list[Body], place: str, dropped: list[str]) -> Body:
    thoughts = [block for block in blocks if block.get("type") in THOUGHTS]
    calls = [_call(block, place) for block in blocks if block.get("type") == "tool_use"]
    others = [b for b in blocks if b.get("type") not in (*THOUGHTS, "tool_use")]
    said = parts(others, place, dropped, said=True)
    dropped += marked(said)
    for block in blocks:
        dropped += lost(block) if block.get("type") in (*THOUGHTS, "tool_use") else []
    text = "".join(part.get("text", "") for part in said)
    message: Body = {"role": "assistant", "content": text if text or not calls else None}
    if blocks := signed(thoughts):
        message["thinking_blocks"] = blocks
    if thought := "".join(_thought(block) for block in thoughts):
        message["reasoning_content"] = thought
    return message | ({"tool_calls": calls} if calls else {})


def _thought(block: Body) -> str:
    text = block.get("thinking")
    return text if isinstance(text, str) else ""


def _call(block: Body, place: str) -> Body:
    given = block.get("input") or {}  # some gateways write the arguments as text
    arguments = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    function = {"name": _name(block, "name", place), "arguments": arguments}
    return {"id": _name(block, "id", place), "type": "function", "function": function}


def _name(block: Body, key: str, place: str) -> str:
    """Return what ties a call and its result together."""
    if not isinstance(name := block.get(key), str) or not name:
        raise refused(f"{place}: a {block['type']} needs `{key}`, as text.", place)
    return name
