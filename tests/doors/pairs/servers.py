"""What servers understand of a request, in each wire format."""

from __future__ import annotations

import json
from typing import Any

from tests.doors.pairs.conversation import Assistant, Conversation, Result, User
from tests.doors.pairs.meaning import Call

Turn = User | Assistant | Result


def openai(body: dict[str, Any]) -> Conversation:
    turns: list[Turn] = []
    names: dict[str, str] = {}
    system = ""
    for message in body["messages"]:
        text, images = _parts(message["content"])
        if message["role"] == "system":
            system = text
        elif message["role"] == "user":
            turns.append(User(text, images))
        elif message["role"] == "tool":
            turns.append(Result(names[message["tool_call_id"]], text))
        else:
            calls = message.get("tool_calls") or []
            names |= {call["id"]: call["function"]["name"] for call in calls}
            turns.append(Assistant(text, tuple(_call(call["function"]) for call in calls)))
    choice = body.get("tool_choice") or ""
    form = body.get("response_format") or {}
    return Conversation(
        turns=tuple(turns),
        system=system,
        tools=_tools([tool["function"] for tool in body.get("tools") or ()]),
        choice=choice if isinstance(choice, str) else choice["function"]["name"],
        limit=body["max_tokens"],
        temperature=body.get("temperature"),
        stop=tuple(body.get("stop") or ()),
        schema=form.get("type") == "json_schema",
    )


def ollama(body: dict[str, Any]) -> Conversation:
    turns: list[Turn] = []
    system = ""
    for message in body["messages"]:
        text = message["content"]
        if message["role"] == "system":
            system = text
        elif message["role"] == "user":
            turns.append(User(text, tuple(message.get("images") or ())))
        elif message["role"] == "tool":
            turns.append(Result(message["tool_name"], text))
        else:
            calls = [call["function"] for call in message.get("tool_calls") or ()]
            called = tuple(Call(call["name"], call["arguments"]) for call in calls)
            turns.append(Assistant(text, called))
    options = body["options"]
    return Conversation(
        turns=tuple(turns),
        system=system,
        tools=_tools([tool["function"] for tool in body.get("tools") or ()]),
        limit=options["num_predict"],
        temperature=options.get("temperature"),
        stop=tuple(options.get("stop") or ()),
        schema=isinstance(body.get("format"), dict),
    )


def anthropic(body: dict[str, Any]) -> Conversation:
    turns: list[Turn] = []
    names: dict[str, str] = {}
    for turn in body["messages"]:
        blocks = turn["content"]
        text = "".join(block["text"] for block in blocks if block["type"] == "text")
        if turn["role"] == "assistant":
            calls = [block for block in blocks if block["type"] == "tool_use"]
            names |= {call["id"]: call["name"] for call in calls}
            turns.append(Assistant(text, tuple(Call(c["name"], c["input"]) for c in calls)))
            continue
        turns += [
            Result(names[block["tool_use_id"]], _parts(block["content"])[0])
            for block in blocks
            if block["type"] == "tool_result"
        ]
        images = [block["source"]["data"] for block in blocks if block["type"] == "image"]
        if text or images:
            turns.append(User(text, tuple(images)))
    choice = body.get("tool_choice") or {}
    output = body.get("output_config") or {}
    return Conversation(
        turns=tuple(turns),
        system="".join(block["text"] for block in body.get("system") or ()),
        tools=_tools(body.get("tools") or []),
        choice=choice.get("name") or choice.get("type") or "",
        limit=body["max_tokens"],
        temperature=body.get("temperature"),
        stop=tuple(body.get("stop_sequences") or ()),
        schema=bool(output.get("format")),
    )


def _parts(content: Any) -> tuple[str, tuple[str, ...]]:
    """Return the text of a content, and its images in base64."""
    if not isinstance(content, list):
        return content or "", ()
    texts = [part["text"] for part in content if part["type"] == "text"]
    images = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
    return "".join(texts), tuple(image.partition(",")[2] for image in images)


def _call(function: dict[str, Any]) -> Call:
    return Call(function["name"], json.loads(function["arguments"]))


def _tools(tools: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((tool["name"], tool["description"]) for tool in tools)


SERVERS = {"openai": openai, "ollama": ollama, "anthropic": anthropic}
