"""
The values of OpenAI's fields in forms that other servers write: counts, finish reasons, contents.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.providers.wire import Body

MAX_DEPTH = 8
COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
ODD = (str, float)
BROKEN = ("error", "abort")  # finish reasons of answers that broke off (OpenRouter; vLLM, SGLang)
OWN = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})
# Other servers' finish reasons, in lower case. OpenAI's own are here for those in capitals.
FOREIGN: dict[str, str | None] = {
    **{reason: reason for reason in OWN}, "null": None, "none": None, "": None,
    "eos": "stop", "eos_token": "stop", "stop_sequence": "stop", "end_turn": "stop",
    "complete": "stop", "max_tokens": "length", "max_length": "length", "model_length": "length",
    "tool_use": "tool_calls", "tool_call": "tool_calls", "safety": "content_filter",
    "recitation": "content_filter", "prohibited_content": "content_filter",
    "blocklist": "content_filter", "spii": "content_filter",
}  # fmt: skip
CONTENTS = (str, list, type(None))
THOUGHTS = ("reasoning_content", "reasoning")


def has_odd_counts(usage: Any) -> bool:
    """Is a `usage` no object, or one of its counts no whole number?"""
    if not isinstance(usage, dict):
        return usage is not None
    return any(type(usage.get(key, 0)) in ODD for key in COUNTS)


def counts(usage: Any, depth: int = 0) -> Body | None:
    """Return a `usage` with whole numbers for counts that are text or fractions."""
    if not isinstance(usage, dict):
        return None
    return {key: _count(key, value, depth) for key, value in usage.items()}


def _count(key: str, value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return counts(value, depth + 1) if depth < MAX_DEPTH else value
    if not key.endswith("_tokens"):
        return value
    try:
        return int(value) if isinstance(value, str) or value == int(value) else value
    except (ValueError, TypeError, OverflowError):
        return None if isinstance(value, str) else value


def is_foreign(reason: str | None) -> bool:
    """Is a finish reason one of another API, or in capitals (Google's)?"""
    return bool(reason) and reason not in OWN and str(reason).lower() in FOREIGN


def finish(choice: Body) -> Body:
    """Return the fields of a choice that say why it ended, in OpenAI's words."""
    reason = choice.get("finish_reason")
    if not isinstance(reason, str):
        return {"finish_reason": None}
    if not is_foreign(reason):
        return {"finish_reason": reason or None}
    native = {"native_finish_reason": reason, **choice}["native_finish_reason"]
    ours = FOREIGN[reason.lower()]
    return (
        {"finish_reason": ours, "native_finish_reason": native} if ours else {"finish_reason": None}
    )


def is_odd(message: Body) -> bool:
    """Is a content neither text nor parts, or are the thoughts no text?"""
    return type(message.get("content")) not in CONTENTS or any(
        not isinstance(message.get(name), str | None) for name in (*THOUGHTS, "refusal")
    )


def plain(message: Body) -> Body:
    """Return a message or a delta whose content, thoughts and refusal are of OpenAI's types.

    A token may be written as the number that it spells (Workers AI), thoughts as an object with
    their signature (Envoy).
    """
    message = dict(message)
    if type(content := message.get("content")) not in CONTENTS:
        message["content"] = written(content)
    for name in THOUGHTS:
        if not isinstance(value := message.get(name), str | None):
            message[name] = written(value)
    if not isinstance(message.get("refusal"), str | None):
        message["refusal"] = None
    return message


def written(value: Any, depth: int = 0) -> str | None:
    """Return a value as text, or None."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, list):
        return "".join(written(item, depth + 1) or "" for item in value)
    if isinstance(value, dict):
        keys = ("text", "content", "summary", "thinking")
        return next((written(value[key], depth + 1) for key in keys if value.get(key)), None)
    return value if isinstance(value, str | None) else json.dumps(value)


def text_of(content: Any, refusal: Any = None) -> str:
    """Return the text for people of a content, which is text or a list of parts."""
    if isinstance(content, str) and content:
        return content
    if isinstance(content, list):
        return "".join(
            part if isinstance(part, str) else _text(part, ("text", "refusal")) for part in content
        )
    return refusal if isinstance(refusal, str) else ""


def reasoning_of(content: Any, *fields: Any) -> str:
    """Return the thoughts: the first of `fields` that is text, else those among the parts."""
    if isinstance(content, list):
        return "".join(_text(part, ("thinking",)) for part in content)
    return next((field for field in fields if isinstance(field, str)), "")


def _text(part: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(part, dict):
        return ""
    value = next((part[key] for key in keys if part.get(key)), "")
    if isinstance(value, list):  # thinking: a list of text parts
        return "".join(_text(inner, ("text",)) for inner in value)
    return value if isinstance(value, str) else ""
