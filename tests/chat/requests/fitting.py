"""Requests fitted to providers of each kind, for the tests of what passes and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from chat.requests import fit, read_chat
from core.errors import PortalError
from registry.config.load import load_config
from registry.entities import Resolution
from registry.snapshot import build

MODELS = b"""
models:
  plain: {api: openai, endpoint: "http://h/v1", registry: {m: {capabilities: [chat]}, v: {capabilities: [embeddings]}}}
  open: {api: openai, endpoint: "http://h/v1", pass: all, fetches: true, tools: [web_search]}
  pond: {api: ollama, host: "http://h"}
  claw: {api: anthropic, endpoint: "http://h", fetches: true}
  some:
    api: openai
    endpoint: http://h/v1
    pass: [style, my_schema]
    registry: {e: {capabilities: [embeddings], tokenizer: cl100k}}
"""
REGISTRY = build(load_config(MODELS, {}))
USER = {"role": "user", "content": "Weather?"}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
PIXEL = "data:image/png;base64,AAAA"


def resolution(provider: str = "plain", capability: str = "chat", name: str = "m") -> Resolution:
    return REGISTRY.resolve(capability, f"{provider}:{name}", None)


def fitted(body: dict[str, Any], provider: str = "plain") -> tuple[dict[str, Any], tuple[str, ...]]:
    body = {"messages": [USER], **body}
    sent, reported = fit(read_chat(body), resolution(provider))
    return sent, reported.dropped


def refusal(body: dict[str, Any], provider: str = "plain") -> PortalError:
    with pytest.raises(PortalError) as caught:
        fitted(body, provider)
    assert caught.value.code == "invalid_request"
    return caught.value


def part(value: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [value]}]}
