"""
Translates messages between OpenAI's form and Ollama's.

Tool arguments are an object in Ollama's and a JSON string in OpenAI's; Ollama's calls have no IDs,
so we make them; Ollama's results carry the tool's name, OpenAI's the call's ID.
"""

from __future__ import annotations

import json
from typing import Any

from core.errors import PortalError
from registry.providers import requested
from registry.providers.framing import whole_characters
from registry.providers.openai.values import reasoning_of, text_of, written
from registry.providers.wire import Body
from registry.providers.writing import image_bytes


def to_ollama(messages: list[Body]) -> list[Body]:
    """Return Ollama's messages. Raises PortalError for content that Ollama has no field for."""
    names: dict[str, str] = {}  # call ID → tool's name, from the calls seen so far
    return [_message(message, names) for message in messages]


READ = frozenset({
    "role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content", "reasoning",
    "refusal", "images", "thinking", "tool_name", "function_call", "audio", "id", "annotations",
})  # fmt: skip


def dropped(messages: list[Body]) -> list[str]:
    """Return the names of messages' fields that Ollama has no field for."""
    names = (f"messages.{k}" for m in messages for k, v in m.items() if v and k not in READ)
    parts = (
        f"content.{key}"
        for message in messages
        for part in message.get("content") or ()
        if isinstance(part, dict)
        for key in part.keys() & {"cache_control", "citations", "signature", "reference_ids"}
    )
    return list(dict.fromkeys((*names, *parts)))


UNREAD = ("thinking", "reasoning", "redacted_thinking", "reasoning.text", "reference")


def _message(message: Body, names: dict[str, str]) -> Body:
    for name in ("function_call", "audio"):
        if message.get(name) is not None:
            raise _refused(f"a message's `{name}`")
    if message["role"] == "function":
        raise _refused("messages of the role 'function'; use 'tool'")
    text, images, thoughts = _content(message.get("content") or words(message, "refusal"))
    images += [_image(image) for image in message.get("images") or ()]
    role = "system" if message["role"] == "developer" else message["role"]
    translated: Body = {"role": role, "content": text}
    if images:
        translated["images"] = images
    if reasoning := words(message, "reasoning_content") or words(message, "reasoning") or thoughts:
        translated["thinking"] = reasoning
    if calls := message.get("tool_calls"):
        translated["tool_calls"] = [_call(call, names) for call in calls]
    if message["role"] == "tool":
        translated["tool_name"] = _tool_name(message, names)
    return translated


def _content(content: Any) -> tuple[str, list[str], str]:
    """Return the text, the images in base64, and the thoughts of a content."""
    if content is None or isinstance(content, str):
        return content or "", [], ""
    texts, images = [], []
    for part in content:
        if part["type"] in ("text", "refusal", "input_text", "output_text"):
            texts.append(text_of([part]) or str(part.get(part["type"], "")))
        elif part["type"] == "image_url":
            images.append(image_bytes(part["image_url"]["url"]))
        elif part["type"] not in UNREAD:
            raise _refused(f"content of type '{part['type']}'")
    return "\n".join(texts), images, reasoning_of(content)


def _image(image: str | Body) -> str:
    """Return the base64 of an image in a message's own list: a part, a data: URL, or base64."""
    if isinstance(image, dict):
        return image_bytes(image["image_url"]["url"])
    return image_bytes(image) if image[:5].lower() == "data:" else image


def _call(call: Body, names: dict[str, str]) -> Body:
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise _refused("a tool call without a function")
    names[str(call.get("id"))] = function["name"]
    return {"function": {"name": function["name"], "arguments": requested.arguments(function)}}


def _tool_name(message: Body, names: dict[str, str]) -> str:
    name = message.get("name") or names.get(str(message.get("tool_call_id")))
    if not name:
        raise _refused("a tool's result whose call is not among the messages")
    return str(name)


def _refused(what: str) -> PortalError:
    return PortalError("invalid_request", f"Ollama cannot read {what}.", param="messages")


def words(message: Body, key: str) -> str:
    value = message.get(key)
    if isinstance(value, bool | None):
        return ""
    return written(value) or ""


def tool_calls(message: Body, stamp: str, first: int) -> list[Body]:
    """Return the calls in Ollama's `message` in OpenAI's form; their IDs count from `first`."""
    calls = message.get("tool_calls")
    prefix = f"call_{stamp.removeprefix('chatcmpl-')}_"
    return [
        {"id": f"{prefix}{number}", "type": "function", "function": _function(call["function"])}
        for number, call in enumerate(calls if isinstance(calls, list) else [], first)
        if isinstance(call, dict) and isinstance(call.get("function"), dict)
    ]


def _function(function: Body) -> Body:
    arguments = function.get("arguments") or {}
    if not isinstance(arguments, str):  # some servers of this format send the text
        arguments = json.dumps(arguments, separators=(",", ":"))
    return {"name": str(function.get("name", "")), "arguments": whole_characters(arguments)}


def to_openai(message: Body, calls: list[Body]) -> Body:
    """Return Ollama's `message` as an OpenAI answer's."""
    content = whole_characters(words(message, "content"))
    answer: Body = {"role": "assistant", "content": content if content or not calls else None}
    if thinking := words(message, "thinking"):
        answer["reasoning_content"] = whole_characters(thinking)
    if calls:
        answer["tool_calls"] = calls
    return answer
