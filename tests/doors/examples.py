"""A value for each field of each door's request, which differs from leaving it out."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from doors import messages, responses
from doors.messages import table as messages_table
from doors.ollama import chat, generate
from doors.ollama import table as ollama
from doors.ollama.fields import Timed
from doors.responses import table as responses_table

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
REQUESTS: dict[str, dict[str, Any]] = {
    "messages": {"max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}],
                 "tools": [{"name": "f", "input_schema": SCHEMA}]},
    "responses": {"input": "Hi", "tools": [{"type": "function", "name": "f", "parameters": SCHEMA}]},
    "ollama chat": {"messages": [{"role": "user", "content": "Hi"}]},
    "ollama generate": {"prompt": "Hi"},
    "ollama options": {},
}  # fmt: skip


def read_options(options: dict[str, Any]) -> Timed:
    """Read a chat with these options."""
    asked = chat.read({"messages": [], "options": options})
    names = tuple(name.removeprefix("options.") for name in asked.dropped)
    return replace(asked, dropped=names)


READERS: dict[str, Any] = {
    "messages": messages.read,
    "responses": responses.read,
    "ollama chat": chat.read,
    "ollama generate": generate.read,
    "ollama options": read_options,
}
TABLES = {
    "messages": messages_table.REQUEST,
    "responses": responses_table.REQUEST,
    "ollama chat": ollama.CHAT,
    "ollama generate": ollama.GENERATE,
    "ollama options": ollama.OPTIONS,
}
OLLAMA: dict[str, Any] = {
    "model": "m",
    "stream": False,
    "format": SCHEMA,
    "think": "low",
    "options": {"seed": 1},
    "logprobs": True,
    "top_logprobs": 2,
    "keep_alive": "5m",
    "truncate": True,
    "shift": True,
    "template": "{{ .Prompt }}",
}
NUMBERS = dict.fromkeys(ollama.OPTIONS, 1)
EXAMPLES: dict[str, dict[str, Any]] = {
    "ollama chat": OLLAMA
    | {
        "messages": [{"role": "user", "content": "Ho"}],
        "tools": [{"type": "function", "function": {"name": "g", "parameters": SCHEMA}}],
    },
    "ollama generate": OLLAMA
    | {
        "prompt": "Ho",
        "system": "Be brief.",
        "images": ["iVBORw0KGgo="],
        "raw": True,
        "suffix": "end",
        "context": [1, 2],
        "width": 512,
        "height": 512,
        "steps": 4,
    },
    "ollama options": NUMBERS | {"stop": ["END"]},
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
        "thread": {"type": "create"},
        "compaction": {"type": "summarize"},
        "container": "c",
        "mcp_servers": [{"url": "https://x"}],
    },
    "responses": {
        "model": "m",
        "input": "Ho",
        "client_metadata": {"a": "b"},
        "instructions": "Be brief.",
        "max_output_tokens": 5,
        "stream": True,
        "temperature": 0.5,
        "top_p": 0.5,
        "tools": [{"type": "function", "name": "g"}],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "text": {"format": {"type": "json_schema", "name": "x", "schema": SCHEMA}},
        "reasoning": {"effort": "low"},
        "include": ["reasoning.encrypted_content"],
        "metadata": {"a": "b"},
        "user": "u",
        "safety_identifier": "s",
        "prompt_cache_key": "k",
        "prompt_cache_retention": "24h",
        "service_tier": "flex",
        "store": True,
        "truncation": "auto",
        "stream_options": {"include_obfuscation": True},
        "max_tool_calls": 3,
        "top_logprobs": 2,
        "background": True,
        "previous_response_id": "resp_1",
        "conversation": "conv_1",
        "prompt": {"id": "p"},
        "context_management": [{"type": "compaction"}],
        "n": 2,
    },
}
