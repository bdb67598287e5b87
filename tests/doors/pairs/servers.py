"""What servers understand of a request, in each wire format."""

from __future__ import annotations

from typing import Any

from tests.doors.pairs.conversation import Assistant, Conversation, Result, System, Turn, User
from tests.doors.pairs.meaning import Call


def openai(body: dict[str, Any]) -> Conversation:
    turns: list[Turn] = []
    names: dict[str, str] = {}
    system = ""
    for number, message in enumerate(body["messages"]):
        texts, images = _parts(message["content"])
        text = "\n".join(texts)
        if message["role"] == "system" and number:
            turns.append(System(text))
        elif message["role"] == "system":
            system = text
        elif message["role"] == "user":
            turns.append(User(texts, images))
        elif message["role"] == "tool":
            assert isinstance(message["content"], str), "many servers read only text"
            turns.append(Result(names.pop(message["tool_call_id"]), texts))
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
    for number, message in enumerate(body["messages"]):
        text, images = message["content"], tuple(message.get("images") or ())
        texts = (text,) if text else ()
        if message["role"] == "system" and number:
            turns.append(System(text))
        elif message["role"] == "system":
            system = text
        elif message["role"] == "user":
            turns.append(User(texts, images))
        elif message["role"] == "tool":
            turns.append(Result(message["tool_name"], texts, images=images))
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
        texts = _texts(blocks)
        if turn["role"] == "system":
            turns.append(System("\n".join(texts)))
            continue
        if turn["role"] == "assistant":
            calls = [block for block in blocks if block["type"] == "tool_use"]
            names |= {call["id"]: call["name"] for call in calls}
            called = tuple(Call(c["name"], c["input"]) for c in calls)
            turns.append(Assistant("".join(texts), called))
            continue
        turns += [_result(block, names) for block in blocks if block["type"] == "tool_result"]
        if texts or _images(blocks):
            turns.append(User(texts, _images(blocks)))
    choice = body.get("tool_choice") or {}
    output = body.get("output_config") or {}
    return Conversation(
        turns=tuple(turns),
        system=_system(body.get("system") or ""),
        tools=_tools(body.get("tools") or []),
        choice=choice.get("name") or choice.get("type") or "",
        limit=body["max_tokens"],
        temperature=body.get("temperature"),
        stop=tuple(body.get("stop_sequences") or ()),
        schema=bool(output.get("format")),
    )


def _parts(content: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the texts of a content, and its images in base64."""
    if not isinstance(content, list):
        return (content,) if content else (), ()
    images = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
    return _texts(content), tuple(image.partition(",")[2] for image in images)


def _texts(blocks: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(block["text"] for block in blocks if block["type"] == "text")


def _images(blocks: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(block["source"]["data"] for block in blocks if block["type"] == "image")


def _system(system: Any) -> str:
    return system if isinstance(system, str) else "\n".join(_texts(system))


def _result(block: dict[str, Any], names: dict[str, str]) -> Result:
    content = block.get("content") or []
    failed = block.get("is_error", False)
    return Result(names.pop(block["tool_use_id"]), _texts(content), failed, _images(content))


def _call(function: dict[str, Any]) -> Call:
    return Call.read(function["name"], function["arguments"])


def _tools(tools: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((tool["name"], tool["description"]) for tool in tools)


SERVERS = {"openai": openai, "ollama": ollama, "anthropic": anthropic}
