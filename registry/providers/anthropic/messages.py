"""
Translates a chat's messages from OpenAI's form to Anthropic's: a system prompt, and turns.

A turn has blocks. Those of an assistant begin with its thoughts, whose signatures the API checks,
and end with its tool calls; the results of tools are blocks of a user's turn. The API takes no
blank text.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from core.errors import PortalError
from registry.providers import requested
from registry.providers.anthropic.parts import part_blocks
from registry.providers.wire import Body

READ = frozenset({
    "role", "content", "tool_calls", "tool_call_id", "refusal", "images", "thinking_blocks",
    "cache_control", "function_call", "audio", "id", "annotations",
})  # fmt: skip
THOUGHTS = frozenset({"reasoning_content", "reasoning", "thinking"})  # in thinking_blocks, too
_OTHER = re.compile(r"[^A-Za-z0-9_-]")
UNCACHED = ("thinking", "redacted_thinking")  # blocks without cache marks


def to_anthropic(messages: list[Body]) -> tuple[list[Body], list[Body]]:
    """Return the system prompt's blocks, and the turns. Raises PortalError for other content."""
    system: list[Body] = []
    turns: list[Body] = []
    for message in messages:
        if message["role"] in ("system", "developer"):
            system += _marked(_content(message), message)
            continue
        role, blocks = _turn(message)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    if not turns:  # the API wants a user's turn; OpenAI's does not
        return [], [{"role": "user", "content": system}]
    if turns[-1]["role"] == "assistant":
        _strip_end(turns[-1]["content"][-1])
    return system, turns


def dropped(messages: list[Body]) -> list[str]:
    """Return the names of messages' fields that Anthropic has no field for."""
    names = (
        f"messages.{name}"
        for message in messages
        for name, value in message.items()
        if value and name not in READ and not (name in THOUGHTS and thoughts(message))
    )
    parts = (
        f"content.{name}"
        for message in messages
        for part in message.get("content") or ()
        if isinstance(part, dict) and part.get("type") == "text"
        for name in part.keys() & {"citations", "signature"}
    )
    references = (
        "content.reference"
        for message in messages
        for part in message.get("content") or ()
        if isinstance(part, dict) and part.get("type") == "reference"
    )
    return list(dict.fromkeys((*names, *parts, *references)))


def thoughts(message: Body) -> list[Body]:
    """Return the signed thoughts of an assistant's message; others the API does not take."""
    blocks = message.get("thinking_blocks")
    content = message.get("content")
    rows = blocks if isinstance(blocks, list) else content if isinstance(content, list) else []
    return [block for row in rows if isinstance(row, dict) and (block := _thought(row))]


def _thought(row: Body) -> Body | None:
    kind = row.get("type")
    keys = {"thinking": ("thinking", "signature"), "redacted_thinking": ("data",)}.get(str(kind))
    fields = {key: row.get(key) for key in keys or ()}
    if not keys or not all(isinstance(text, str) for text in fields.values()):
        return None
    return {"type": kind, **fields} if fields[keys[-1]] else None


def _turn(message: Body) -> tuple[str, list[Body]]:
    for name in ("function_call", "audio"):
        if message.get(name) is not None:
            raise _refused(f"a message's `{name}`")
    if message["role"] == "tool":
        return "user", [_result(message)]
    if message["role"] == "function":
        raise _refused("messages of the role 'function'; use 'tool'")
    if message["role"] == "user":
        return "user", _marked(_content(message), message)
    calls = [_call(call) for call in message.get("tool_calls") or ()]
    return "assistant", _marked([*thoughts(message), *_content(message), *calls], message)


def _content(message: Body) -> list[Body]:
    """Return the blocks of the message's own content and images, without thoughts."""
    refusal = message.get("refusal")
    content = message.get("content") or (refusal if isinstance(refusal, str) else []) or []
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    images = message.get("images") if message["role"] == "user" else None
    return [block for part in [*parts, *(images or ())] for block in part_blocks(part)]


def _marked(blocks: list[Body], message: Body) -> list[Body]:
    """Move the cache mark of a message to its last block that can have one."""
    mark = message.get("cache_control")
    markable = [block for block in blocks if block["type"] not in UNCACHED]
    if isinstance(mark, dict) and markable:
        markable[-1].setdefault("cache_control", mark)
    return blocks


def _result(message: Body) -> Body:
    """Return a tool's result. It carries the cache mark of its parts, which cannot have one."""
    blocks = _content(message)
    marks = [mark for block in blocks if (mark := block.pop("cache_control", None))]
    mark = message.get("cache_control") or (marks[-1] if marks else None)
    block: Body = {"type": "tool_result", "tool_use_id": _id(message.get("tool_call_id"))}
    if blocks:
        block["content"] = blocks
    return {**block, "cache_control": mark} if mark else block


def _call(call: Body) -> Body:
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise _refused("a tool call without a function")
    block = {"type": "tool_use", "id": _id(call.get("id")), "name": function["name"]}
    return {**block, "input": requested.arguments(function)}


def _id(value: Any) -> str:
    """Return a call's ID in the letters that the API takes; other providers use more.

    Different IDs stay different: one with other letters gets its hash.
    """
    if not isinstance(value, str) or not value:
        return "call"
    plain = _OTHER.sub("_", value)
    return plain if plain == value else f"{plain}_{_hash(value)}"


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()[:12]


def _strip_end(block: Body) -> None:
    """Remove white space from the end of an answer's beginning: the API refuses it there."""
    if block["type"] == "text":
        block["text"] = block["text"].rstrip()


def _refused(what: str) -> PortalError:
    return PortalError("invalid_request", f"Anthropic cannot read {what}.", param="messages")
