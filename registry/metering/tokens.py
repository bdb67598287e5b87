"""What a provider counted: the `usage` of an answer, in OpenAI's form."""

from __future__ import annotations

from typing import Any, NamedTuple

from registry.providers.reading import token_count

MAX = 10**9  # of one call: what is more is no count, and one such row would spoil all sums


class Tokens(NamedTuple):
    """Counts of one call. `cached` and `written` are part of `input`, `reasoning` of `output`."""

    input: int = 0
    output: int = 0
    cached: int = 0  # read from the provider's cache of prompts
    written: int = 0  # to that cache
    reasoning: int = 0


def tokens_of(usage: object) -> Tokens | None:
    """Return the counts of a `usage` object; None if it has neither input nor output."""
    if not isinstance(usage, dict):
        return None
    given, made = (_possible(usage.get(key)) for key in ("prompt_tokens", "completion_tokens"))
    if given is None and made is None:
        return None
    whole, output = given or 0, made or 0
    of_input, of_output = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    cached = _count(of_input, "cached_tokens") or _count(usage, "prompt_cache_hit_tokens")
    reasoning = _count(of_output, "reasoning_tokens")
    if reasoning and token_count(usage.get("total_tokens")) == whole + output + reasoning:
        output += reasoning  # xAI's count of the completion leaves the reasoning out
    cached = min(cached, whole)
    written = min(_count(of_input, "cache_write_tokens"), whole - cached)
    return Tokens(whole, output, cached, written, min(reasoning, output))


def _count(fields: Any, name: str) -> int:
    return (_possible(fields.get(name)) or 0) if isinstance(fields, dict) else 0


def _possible(value: Any) -> int | None:
    count = token_count(value)
    return None if count is None or count > MAX else count
