"""Anthropic's Messages API, read as strictly as its documents say, and what a request means."""

from __future__ import annotations

import re
from typing import Any

from tests.doors.loops.story import SYSTEM, Image, Result, Said, User
from tests.doors.loops.strict import Rows, only, picture
from tests.doors.pairs.meaning import Call

ID = re.compile(r"[a-zA-Z0-9_-]+")
NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
MIN_BUDGET = 1024


def anthropic(body: dict[str, Any]) -> Rows:
    """Read https://docs.anthropic.com/en/api/messages."""
    only(body, "model", "messages", "system", "max_tokens", "tools", "thinking", "stream")
    system = body["system"]
    assert system in (SYSTEM, [{"type": "text", "text": SYSTEM}])
    for tool in body["tools"]:
        only(tool, "name", "description", "input_schema")
    thinks = body.get("thinking", {}).get("type") == "enabled"
    if thinks:
        assert MIN_BUDGET <= body["thinking"]["budget_tokens"] < body["max_tokens"]
    rows: Rows = []
    waiting: dict[str, str] = {}
    for number, turn in enumerate(body["messages"]):
        only(turn, "role", "content")
        assert turn["role"] == ("user", "assistant")[number % 2], "roles alternate"
        assert turn["content"], "no turn is empty"
        if turn["role"] == "assistant":
            rows.append(_said(turn["content"], waiting, thinks=thinks))
        else:
            rows += _user(turn["content"], waiting)
            assert not waiting, "each call is answered in the next turn"
    assert body["messages"][-1]["role"] == "user"
    return rows


def _user(blocks: list[dict[str, Any]], waiting: dict[str, str]) -> Rows:
    rows: Rows = []
    texts: list[str] = []
    images: list[Image] = []
    for block in blocks:
        if block["type"] == "tool_result":
            assert (texts, images) == ([], []), "results come first"
            rows.append(_result(block, waiting))
        else:
            _add(block, texts, images)
    return [*rows, User("".join(texts), tuple(images))] if texts or images else rows


def _result(block: dict[str, Any], waiting: dict[str, str]) -> Result:
    only(block, "type", "tool_use_id", "content", "is_error")
    name = waiting.pop(block["tool_use_id"])
    content = block.get("content") or []
    texts: list[str] = []
    images: list[Image] = []
    for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
        _add(part, texts, images)
    failed = block.get("is_error", False)
    assert isinstance(failed, bool)
    return Result(name, tuple(texts), failed, tuple(images))


def _add(block: dict[str, Any], texts: list[str], images: list[Image]) -> None:
    if block["type"] == "text":
        only(block, "type", "text")
        assert block["text"].strip(), "no text is blank"
        texts.append(block["text"])
        return
    assert block["type"] == "image"
    only(block, "type", "source")
    only(block["source"], "type", "media_type", "data")
    assert block["source"]["type"] == "base64"
    images.append(picture(block["source"]["media_type"], block["source"]["data"]))


def _said(blocks: list[dict[str, Any]], waiting: dict[str, str], *, thinks: bool) -> Said:
    kinds = [block["type"] for block in blocks]
    if thinks and "tool_use" in kinds and (len(waiting), kinds) != (0, ["tool_use"]):
        assert kinds[0] in ("thinking", "redacted_thinking"), "thoughts come first"
    thoughts = [block for block in blocks if block["type"] == "thinking"]
    for block in blocks:
        only(block, *KEYS[block["type"]])
    hidden = "".join(block["data"] for block in blocks if block["type"] == "redacted_thinking")
    calls = [block for block in blocks if block["type"] == "tool_use"]
    for call in calls:
        assert ID.fullmatch(call["id"])
        assert NAME.fullmatch(call["name"])
        assert isinstance(call["input"], dict)
        assert call["id"] not in waiting
        waiting[call["id"]] = call["name"]
    return Said(
        thought="".join(block["thinking"] for block in thoughts),
        text="".join(block["text"] for block in blocks if block["type"] == "text"),
        calls=tuple(Call(call["name"], call["input"]) for call in calls),
        signatures=tuple(block["signature"] for block in thoughts),
        hidden=hidden,
    )


KEYS = {
    "thinking": ("type", "thinking", "signature"),
    "redacted_thinking": ("type", "data"),
    "text": ("type", "text"),
    "tool_use": ("type", "id", "name", "input"),
}
