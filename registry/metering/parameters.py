"""What a receipt has of a request and an answer: parameters, and the provider's fingerprint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Parameters = Mapping[str, int | float | bool]
NO_PARAMETERS: Parameters = {}
MOST = 2**63  # more does not fit into a record
NAMES = frozenset({
    "temperature", "top_p", "top_k", "min_p", "max_tokens", "max_completion_tokens", "seed", "n",
    "stream", "frequency_penalty", "presence_penalty", "repetition_penalty", "logprobs",
    "top_logprobs", "best_of", "dimensions", "top_n", "parallel_tool_calls",
})  # fmt: skip
_PLAIN = re.compile(r"[!-~]{1,100}")
_FINGERPRINT = re.compile(rb'"system_fingerprint"\s*:\s*"([!#-\[\]-~]{1,100})"')
_KINDS = (int, float)  # and so bool


def parameters_of(body: Mapping[str, Any]) -> Parameters:
    """Return the parameters that are numbers or switches. A text may be a part of the prompt."""
    return {
        name: value
        for name in body.keys() & NAMES
        if isinstance(value := body[name], _KINDS) and -MOST < value < MOST
    }


def fingerprint_of(answer: Mapping[str, Any]) -> str:
    """Return the `system_fingerprint` of a whole answer; empty if it is no plain word."""
    value = answer.get("system_fingerprint")
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else ""


def fingerprint_in(chunk: bytes) -> str:
    """Return the `system_fingerprint` in the first chunk of a stream, without decoding it."""
    if b'"system_fingerprint"' not in chunk:
        return ""
    found = _FINGERPRINT.search(chunk)
    return found[1].decode() if found else ""
