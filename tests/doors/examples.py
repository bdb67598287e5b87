"""A value for each field of each door's request, which differs from leaving it out."""

from __future__ import annotations

from typing import Any

from doors import messages
from doors.messages import table as messages_table

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
REQUESTS: dict[str, dict[str, Any]] = {
    "messages": {"max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}],
                 "tools": [{"name": "f", "input_schema": SCHEMA}]},
}  # fmt: skip
READERS: dict[str, Any] = {"messages": messages.read}
TABLES = {"messages": messages_table.REQUEST}
EXAMPLES: dict[str, dict[str, Any]] = {
    "messages": {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Ho"}]}],
        "system": "Be brief.",
        "max_tokens": 5,
        "stop_sequences": ["END"],
        "stream": True,
        "temperature": 0.5,
        "top_p": 0.5,
        "top_k": 5,
        "tools": [{"name": "g", "input_schema": SCHEMA}],
        "tool_choice": {"type": "any"},
        "thinking": {"type": "enabled", "budget_tokens": 2048},
        "output_config": {"effort": "low"},
        "output_format": {"type": "json_schema", "schema": SCHEMA},
        "metadata": {"user_id": "u"},
        "cache_control": {"type": "ephemeral"},
        "context_management": {"edits": []},
        "service_tier": "standard_only",
        "betas": ["x"],
        "inference_geo": "eu",
        "speed": "fast",
        "container": "c",
        "mcp_servers": [{"url": "https://x"}],
    },
}
