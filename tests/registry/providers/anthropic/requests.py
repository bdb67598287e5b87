"""Requests in Anthropic's format, for the tests of it."""

from __future__ import annotations

import json
from typing import Any

from registry.providers import anthropic
from registry.providers.anthropic.fields import MAX_TOKENS
from registry.providers.wire import Target
from tests.registry.providers.streams import TARGET

MESSAGES = [{"role": "user", "content": "hi"}]
TURNS = [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]
PLAIN = {"model": "m", "messages": TURNS, "stream": False, "max_tokens": MAX_TOKENS}
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Looks out",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
TOOLS = [WEATHER, {"type": "function", "function": {"name": "time"}}]


def target(omit: frozenset[str] = frozenset(), **options: Any) -> Target:
    return Target("p", "m", "http://h/v1", {}, options, omit=omit)


def sent(options: Target = TARGET, **fields: Any) -> Any:
    request = anthropic.chat(options, {"messages": MESSAGES, **fields})
    assert request.body is not None
    return json.loads(request.body)


def dropped(**fields: Any) -> tuple[str, ...]:
    return anthropic.fit({"messages": MESSAGES, **fields})
