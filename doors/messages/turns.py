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
from core.text import quote

if TYPE_CHECKING:
    from registry.providers.wire import Body

THOUGHTS = ("thinking", "redacted_thinking")
FAILED = "Error: "  # before the text of a result with `is_error`
READ = {
    "text": {"type", "text", "cache_control", "citations"},
    "image": {"type", "source", "cache_control"},
    "document": {"type", "source", "title", "context", "citations", "cache_control"},
    "tool_use": {"type", "id", "name", "input", "cache_control", "caller"},
    "tool_result": {"type", "tool_use_id", "content", "is_error", "cache_control"},
    "thinking": {"type", "thinking", "signature"},
    "redacted_thinking": {"type", "data"},
}
SEARCHES = ("search_result", "server_tool_use", "web_search_tool_result", "web_fetch_tool_result",
            "code_execution_tool_result", "container_upload")  # fmt: skip


def messages(system: str | list[Body] | None, turns: list[Body]) -> tuple[list[Body], list[str]]:
    """Return OpenAI's messages, and the names of what is dropped. Raises PortalError."""
    dropped: list[str] = []
    translated: list[Body] = []
    if system:
        content = system if isinstance(system, str) else _parts(system, "system", dropped)
        translated.append({"role": "system", "content": content})
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
            result, images = _result(block, place, dropped)
            results.append(result)
            shown += images
        else:
            others.append(block)
    parts = [*shown, *_parts(others, place, dropped)]
    return [*results, *([{"role": role, "content": parts}] if parts else [])]


def _result(block: Body, place: str, dropped: list[str]) -> tuple[Body, list[Body]]:
    """Return a message of the role tool, and the parts that are no text."""
    content = block.get("content") or ""
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    parts = _parts(content, f"{place}.content", dropped)
    text = "".join(part["text"] for part in parts if part["type"] == "text")
    if block.get("is_error"):
        text = FAILED + text
    others = [part for part in parts if part["type"] != "text"]
    message = {"role": "tool", "tool_call_id": block.get("tool_use_id"), "content": text}
    return message, others


def _assistant(blocks: list[Body], place: str, dropped: list[str]) -> Body:
    message: Body = {"role": "assistant", "content": None}
    thoughts = [block for block in blocks if block.get("type") in THOUGHTS]
    calls = [_call(block) for block in blocks if block.get("type") == "tool_use"]
    others = [b for b in blocks if b.get("type") not in (*THOUGHTS, "tool_use")]
    if parts := _parts(others, place, dropped):
        message["content"] = "".join(part.get("text", "") for part in parts)
    if thoughts:
        message["thinking_blocks"] = thoughts
        message["reasoning_content"] = "".join(b.get("thinking") or "" for b in thoughts)
    return message | ({"tool_calls": calls} if calls else {})


def _call(block: Body) -> Body:
    arguments = json.dumps(block.get("input") or {}, ensure_ascii=False)
    function = {"name": block.get("name"), "arguments": arguments}
    return {"id": block.get("id"), "type": "function", "function": function}


def _parts(blocks: list[Body], place: str, dropped: list[str]) -> list[Body]:
    """Return OpenAI's parts. Raises PortalError for a block that has no such part."""
    parts = []
    for number, block in enumerate(blocks):
        kind, where = block.get("type"), f"{place}[{number}]"
        if kind in SEARCHES:
            dropped.append(f"content.{kind}")
            continue
        if kind not in ("text", "image", "document"):
            raise refused(f"{where}.type: {quote(str(kind))} is not a block of this place.", where)
        dropped += [f"content.{name}" for name in sorted(block.keys() - READ[kind])]
        part = _text(block, where) if kind == "text" else _media(block, kind, where, dropped)
        marks = {"cache_control": block["cache_control"]} if block.get("cache_control") else {}
        parts.append({**part, **marks})
    return parts


def _text(block: Body, where: str) -> Body:
    if not isinstance(block.get("text"), str):
        raise refused(f"{where}.text: it is missing, or not text.", where)
    return {"type": "text", "text": block["text"]}


def _media(block: Body, kind: str, where: str, dropped: list[str]) -> Body:
    source = block.get("source")
    source = source if isinstance(source, dict) else {}
    match source:
        case {"type": "base64", "media_type": str(media), "data": str(data)}:
            address = f"data:{media};base64,{data}"
        case {"type": "url", "url": str(address)}:
            pass
        case {"type": "text", "data": str(text)} if kind == "document":
            return {"type": "text", "text": text}
        case _:
            raise refused(f"{where}.source: send its content in base64.", where)
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": address}}
    title = block.get("title") or "document.pdf"
    dropped += [f"content.{name}" for name in ("context", "citations") if block.get(name)]
    return {"type": "file", "file": {"filename": title, "file_data": address}}
