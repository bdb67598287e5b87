"""What a receipt has of a request and an answer: parameters, the provider's fingerprint, a name."""

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
_MODEL = re.compile(rb'"model"\s*:\s*"([!#-\[\]-~]{1,200})"')
_HEAD = 4000  # bytes of an answer in which its model is named
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


def model_of(answer: Any) -> str:
    """Return how a whole answer names its model; empty if it does not, or not by a plain word."""
    if data := getattr(answer, "data", b""):
        return model_in(data)
    fields = answer if isinstance(answer, dict) else getattr(answer, "answer", None) or {}
    name = fields.get("model") or getattr(answer, "model", None)
    return name if isinstance(name, str) and _PLAIN.fullmatch(name) else ""


def model_in(data: bytes) -> str:
    """Return how the first chunk of a stream, or the beginning of JSON, names the model.

    A quote inside of a text is escaped, so no text can look like the field.
    """
    found = _MODEL.search(data, 0, _HEAD)
    return found[1].decode() if found else ""
