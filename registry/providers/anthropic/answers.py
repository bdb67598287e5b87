"""
Translates what Anthropic answers: the blocks of a whole message, counts, and reasons of the end.

Thoughts are returned twice: as text in `reasoning_content`, and in `thinking_blocks`, with their
signatures, as the API wants them back. Blocks that OpenAI's form has no field for, as the results
of the API's own tools, are in `provider_specific_fields`.
"""

from __future__ import annotations

import json
from typing import Any

from registry.providers.framing import whole_characters
from registry.providers.reading import bad_response, token_count, usage
from registry.providers.wire import Body

REASONS = {
    "end_turn": "stop", "stop_sequence": "stop", "tool_use": "tool_calls", "max_tokens": "length",
    "model_context_window_exceeded": "length", "pause_turn": "length", "refusal": "content_filter",
}  # fmt: skip
THOUGHTS = ("thinking", "redacted_thinking")


def blocks_of(answer: Body) -> list[Body]:
    content = answer.get("content")
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        raise bad_response("it holds no message")
    return content


def words_of(blocks: list[Body]) -> str:
    """Return what the blocks of text say."""
    return "".join(text(block, "text") for block in blocks if block.get("type") == "text")


def message(answer: Body) -> Body:
    """Return OpenAI's message for a whole answer."""
    blocks = blocks_of(answer)
    calls = [call(block) for block in blocks if block.get("type") == "tool_use"]
    content = words_of(blocks)
    own = [block for block in blocks if block.get("type") in THOUGHTS]
    citations = [c for block in blocks for c in rows(block, "citations")]
    others = [b for b in blocks if b.get("type") not in (*THOUGHTS, "text", "tool_use")]
    more: Body = {
        "refusal": refusal(answer),
        "reasoning_content": "".join(text(block, "thinking") for block in own),
        "thinking_blocks": own,
        "citations": citations,
        "tool_calls": calls,
        "provider_specific_fields": {"blocks": others} if others else None,
    }
    said = whole_characters(content) if content or not calls else None
    return {"role": "assistant", "content": said} | {k: v for k, v in more.items() if v}


def call(block: Body) -> Body:
    """Return OpenAI's tool call for a block."""
    function = {"name": text(block, "name"), "arguments": arguments(block)}
    return {"id": text(block, "id"), "type": "function", "function": function}


def arguments(block: Body) -> str:
    value = block.get("input")
    if isinstance(value, str):  # some servers of this format send the text
        return value
    return whole_characters(json.dumps(value or {}, separators=(",", ":"), ensure_ascii=False))


def end(fields: Body) -> Body:
    """Return a choice's `finish_reason`, and the API's own words for it."""
    reason, sequence = fields.get("stop_reason"), fields.get("stop_sequence")
    if not isinstance(reason, str):
        return {"finish_reason": None}
    ended: Body = {"finish_reason": REASONS.get(reason, reason), "native_finish_reason": reason}
    return {**ended, "stop_reason": sequence} if isinstance(sequence, str) else ended


def refusal(fields: Body) -> str:
    """Return why the API's filter ended the answer, if it says so."""
    details = fields.get("stop_details")
    return text(details, "explanation") if isinstance(details, dict) else ""


def counts(reported: Any) -> Body | None:
    """Return OpenAI's `usage`. Its prompt tokens include those of the cache; Anthropic's do not."""
    if not isinstance(reported, dict):
        return None
    read = token_count(reported.get("cache_read_input_tokens"))
    written = token_count(reported.get("cache_creation_input_tokens"))
    prompt = token_count(reported.get("input_tokens"))
    if prompt is not None:
        prompt += (read or 0) + (written or 0)
    counted = usage(prompt, reported.get("output_tokens"))
    if counted is None:
        return None
    if (read, written) != (None, None):
        counted["prompt_tokens_details"] = {
            "cached_tokens": read or 0, "cache_write_tokens": written or 0}  # fmt: skip
    details = reported.get("output_tokens_details")
    thought = details.get("thinking_tokens") if isinstance(details, dict) else None
    if token_count(thought) is not None:
        counted["completion_tokens_details"] = {"reasoning_tokens": thought}
    return counted


def text(fields: Body, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def rows(fields: Body, key: str) -> list[Body]:
    value = fields.get(key)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
