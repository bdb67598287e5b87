"""
Providers that read a request as strictly as the documents of their APIs say, and what it means.

An `AssertionError` is what the real server would refuse.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from tests.doors.loops.story import SYSTEM, Image, Result, Said, User
from tests.doors.pairs.meaning import Call

Rows = list[User | Said | Result]
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
MAX_ID = 40  # characters of a call's ID, as OpenAI takes them


def only(row: dict[str, Any], *names: str) -> None:
    assert row.keys() <= set(names), row.keys() - set(names)


def picture(media_type: str, data: str) -> Image:
    assert media_type in PICTURES
    assert base64.b64decode(data, validate=True)
    return media_type, data


def openai(body: dict[str, Any]) -> Rows:
    """Read https://platform.openai.com/docs/api-reference/chat, and the thoughts of others."""
    only(body, "model", "messages", "tools", "max_tokens", "stream", "stream_options",
         "reasoning_effort", "think")  # fmt: skip
    first, *messages = body["messages"]
    assert first == {"role": "system", "content": SYSTEM}
    rows: Rows = []
    waiting: dict[str, str] = {}  # calls without a result
    for message in messages:
        if message["role"] == "tool":
            rows.append(_openai_result(message, waiting))
            continue
        assert not waiting, "each call is answered before the next message"
        rows.append(
            _openai_said(message, waiting)
            if message["role"] == "assistant"
            else _openai_user(message)
        )
    assert not waiting
    return rows


def _openai_result(message: dict[str, Any], waiting: dict[str, str]) -> Result:
    only(message, "role", "content", "tool_call_id")
    content = message["content"]
    assert isinstance(content, str), "many servers read only text"
    name = waiting.pop(message["tool_call_id"])
    return Result(name, (content,) if content else ())


def _openai_user(message: dict[str, Any]) -> User:
    only(message, "role", "content")
    assert message["role"] == "user"
    texts, images = [], []
    for part in message["content"]:
        only(part, "type", part["type"])
        if part["type"] == "text":
            texts.append(part["text"])
            continue
        only(part["image_url"], "url", "detail")
        media_type, _, data = part["image_url"]["url"].removeprefix("data:").partition(";base64,")
        images.append(picture(media_type, data))
    return User("".join(texts), tuple(images))


def _openai_said(message: dict[str, Any], waiting: dict[str, str]) -> Said:
    only(message, "role", "content", "tool_calls", "reasoning_content", "thinking_blocks")
    text = message.get("content") or ""
    assert isinstance(text, str)
    assert text or message.get("tool_calls")
    calls = []
    for call in message.get("tool_calls") or ():
        only(call, "id", "type", "function")
        only(call["function"], "name", "arguments")
        assert call["type"] == "function"
        assert NAME.fullmatch(call["function"]["name"])
        assert 0 < len(call["id"]) <= MAX_ID
        assert call["id"] not in waiting
        waiting[call["id"]] = call["function"]["name"]
        calls.append(Call(call["function"]["name"], json.loads(call["function"]["arguments"])))
    thought = message.get("reasoning_content") or ""
    blocks = message.get("thinking_blocks") or []
    if blocks:
        assert "".join(block["thinking"] for block in blocks) == thought
    signatures = tuple(block["signature"] for block in blocks)
    return Said(thought, text, tuple(calls), signatures)


def ollama(body: dict[str, Any]) -> Rows:
    """Read https://docs.ollama.com/api/chat."""
    only(body, "model", "messages", "tools", "stream", "think", "options", "keep_alive")
    first, *messages = body["messages"]
    assert first == {"role": "system", "content": SYSTEM}
    rows: Rows = []
    waiting: list[str] = []
    for message in messages:
        only(message, "role", "content", "thinking", "images", "tool_calls", "tool_name")
        text = message.get("content") or ""
        assert isinstance(text, str)
        images = tuple(picture(_kind(data), data) for data in message.get("images") or ())
        if message["role"] == "tool":
            waiting.remove(message["tool_name"])
            rows.append(Result(message["tool_name"], (text,) if text else (), images=images))
        elif message["role"] == "user":
            assert not waiting
            rows.append(User(text, images))
        else:
            assert message["role"] == "assistant"
            calls = [call["function"] for call in message.get("tool_calls") or ()]
            assert all(isinstance(call["arguments"], dict) for call in calls)
            waiting = [call["name"] for call in calls]
            called = tuple(Call(call["name"], call["arguments"]) for call in calls)
            rows.append(Said(message.get("thinking") or "", text, called))
    return rows


def _kind(data: str) -> str:
    """Return an image's media type: Ollama looks at the bytes themselves."""
    return "image/png" if base64.b64decode(data).startswith(b"\x89PNG") else "image/jpeg"
