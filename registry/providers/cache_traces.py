"""
What an answer says about the cache of its server: how much of the prompt it had, and how fast.

Removed, it does not say whether someone else has sent the same prompt. What the model wrote is not
examined. Where the prompt's tokens are counted apart from those of the cache, as in Anthropic's
API, they are added up.
"""

from __future__ import annotations

import json
import re
from typing import Any

_TRACE = re.compile(
    r"cache|timings|latenc|progress|metrics|cost|per_sec|_duration$|tokens_evaluated"
    r"|(?:^|_)(?:times?|ms|ttft)(?:_|$)"
)
_KEPT = ("prompt_cache_key", "prompt_cache_retention", "cache_control")  # the caller's own
# What the model wrote, what the caller sent, and numbers without end.
_CONTENT = frozenset({
    "content", "delta", "text", "output", "tool_calls", "function_call", "arguments", "input",
    "logprobs", "metadata", "tools", "instructions", "data", "results", "embeddings", "segments",
    "words", "thinking", "reasoning", "reasoning_content", "context", "item", "part",
    "content_block", "completion_probabilities",
})  # fmt: skip
_MAY_HOLD = re.compile(
    rb'"[^"\s]*(?:cach|timing|latenc|progress|metric|cost|per_sec|duration|evaluated|time|ms|ttft)',
    re.IGNORECASE,
)
_FOLDED = ("cache_read_input_tokens", "cache_creation_input_tokens")
MAX_DEPTH = 8


def without(value: Any, depth: int = 0) -> Any:
    """Return the fields of an answer, or of an event, that say nothing about the cache."""
    if isinstance(value, list):
        return [without(item, depth + 1) for item in value]
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        return value
    kept = {
        name: item if name in _CONTENT else without(item, depth + 1)
        for name, item in value.items()
        if name in _KEPT or not _TRACE.search(_snake(name))
    }
    return _whole_input(kept, value)


def _whole_input(kept: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    counts = [value.get(name) for name in ("input_tokens", *_FOLDED)]
    if any(name in value for name in _FOLDED) and isinstance(counts[0], int):
        kept["input_tokens"] = sum(count for count in counts if isinstance(count, int))
    return kept


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", name[:100]).lower()


def without_in_json(data: bytes) -> bytes:
    """Return a JSON document without them; what is no object stays as it is."""
    if not _MAY_HOLD.search(data):
        return data
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return data
    return json.dumps(without(value)).encode() if isinstance(value, dict) else data


def without_in_events(data: bytes) -> bytes:
    """Return whole server-sent events, or lines of JSON, without them."""
    if not _MAY_HOLD.search(data):
        return data
    data = data.replace(b"\r\n", b"\n")
    return b"\n\n".join([_event(event) for event in data.split(b"\n\n")])


def _event(event: bytes) -> bytes:
    lines = event.split(b"\n")
    records = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    if not records:
        return b"\n".join([without_in_json(line) for line in lines])
    others = [line for line in lines if line and not line.startswith(b"data:")]
    record = without_in_json(b"\n".join(records))
    return b"\n".join([*others, *[b"data: " + line for line in record.split(b"\n")]])
