"""
What the helpful provider replies to a chat, and the bytes of it in OpenAI's and Ollama's formats.

The model `thinker` thinks first. `actor` plays the steps that the user's last prompt has between
<steps> and </steps>, as JSON in base64, which agents do not quote: each is a text, or a call of a
tool, `{"name", "arguments"}`.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, NamedTuple

from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    chunk,
    completion,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)

GREETING = "Hello there."
THOUGHT = "They greet me."
STEPS = re.compile(r"<steps>([\w+/=]+)</steps>")
VALUES: dict[str, Any] = {"string": "Bonn", "integer": 3, "number": 3, "boolean": True, "array": [],
                          "object": {}}  # fmt: skip


class Reply(NamedTuple):
    """A text, or the call of a tool."""

    text: str = ""
    thought: str = ""
    tool: dict[str, Any] | None = None


def reply(body: dict[str, Any]) -> Reply:
    """Return what the model replies to a chat."""
    thought = THOUGHT if body.get("model") == "thinker" else ""
    step = _step(body) if body.get("model") == "actor" else None
    if isinstance(step, str):
        return Reply(step)
    if tool := (step if body.get("tools") else None) or _tool(body):
        return Reply("", thought, tool)
    return Reply(_text(body), thought)


def openai(said: Reply, *, stream: bool) -> bytes:
    """Return the response to a chat in OpenAI's format."""
    message: dict[str, Any] = {"role": "assistant", "content": said.text or None}
    if said.thought:
        message["reasoning_content"] = said.thought
    if said.tool:
        function = {**said.tool, "arguments": json.dumps(said.tool["arguments"])}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
    finish = "tool_calls" if said.tool else "stop"
    if stream:
        return SSE_HEAD + _deltas(message) + openai_stream(finish=finish)
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return http(200, completion() | {"choices": [choice]})


def _deltas(message: dict[str, Any]) -> bytes:
    text = message["content"] or ""
    deltas = [{"reasoning_content": message.get("reasoning_content")}]
    deltas += [{"content": part} for part in (text[:4], text[4:])]
    deltas += [{"tool_calls": [{"index": 0, **call}]} for call in message.get("tool_calls", ())]
    choices = [{"index": 0, "delta": delta} for delta in deltas if any(delta.values())]
    return b"".join([event(chunk() | {"choices": [choice]}) for choice in choices])


def ollama(said: Reply, *, stream: bool) -> bytes:
    """Return the response to a chat in Ollama's format."""
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    message |= {"thinking": said.thought} if said.thought else {}
    message |= {"tool_calls": [{"function": said.tool}]} if said.tool else {}
    if stream:
        return (
            NDJSON_HEAD + line(ollama_line() | {"message": message}) + line(ollama_line(done=True))
        )
    return http(200, ollama_line(done=True) | {"message": message})


def prompted(said: Reply, *, stream: bool) -> bytes:
    """Return the response to a prompt in Ollama's format."""
    answer = {"response": said.text} | ({"thinking": said.thought} if said.thought else {})
    if stream:
        lines = [ollama_line() | answer, ollama_line(done=True) | {"response": ""}]
        return NDJSON_HEAD + b"".join([line(_without_message(each)) for each in lines])
    return http(200, _without_message(ollama_line(done=True) | answer))


def _without_message(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "message"}


def _step(body: dict[str, Any]) -> Any:
    """Return the next step: the model has played as many as it has spoken since the prompt."""
    steps, played = [], 0
    for message in body["messages"]:
        found = STEPS.findall(json.dumps(message)) if message["role"] == "user" else []
        if found:
            steps, played = json.loads(base64.b64decode(found[-1])), 0
        played += message["role"] == "assistant"
    return steps[played] if played < len(steps) else None


def _tool(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the call of the first tool that may be called, unless its result is here."""
    may_call = body.get("tools") and body.get("tool_choice") != "none"
    if not may_call or body["model"] == "actor" or body["messages"][-1]["role"] == "tool":
        return None
    function = body["tools"][0]["function"]
    return {"name": function["name"], "arguments": _values(function.get("parameters") or {})}


def _text(body: dict[str, Any]) -> str:
    response_format = body.get("response_format") or {}
    schema = (response_format.get("json_schema") or {}).get("schema") or body.get("format")
    if isinstance(schema, dict):
        return json.dumps(_values(schema))
    wants_json = response_format.get("type") == "json_object" or schema == "json"
    return json.dumps({"city": "Bonn", "days": 3}) if wants_json else GREETING


def _values(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an object of `schema`, with the fields that it requires."""
    fields = schema.get("properties", {})
    names = schema.get("required", fields)
    return {name: VALUES[fields[name].get("type", "string")] for name in names}
