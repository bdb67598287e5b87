"""A provider that does what real clients ask: calls tools, writes JSON of a schema, and fails."""

from __future__ import annotations

import json
from typing import Any

from tests.support.fake_provider import KEEP, FakeProvider, Recorded
from tests.support.provider_messages import (
    SSE_HEAD,
    completion,
    default_answer,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)

BUSY = {"error": {"message": "Please try again in 2s.", "code": "rate_limit_exceeded"}}
VALUES = {"string": "Bonn", "integer": 3, "number": 3, "boolean": True}


class HelpfulProvider(FakeProvider):
    """Answers chats by what they ask for; the model `busy` has always reached its limit."""

    def _steps(self, request: Recorded) -> tuple[Any, ...]:
        body = request.body or {}
        if body.get("model") == "busy":
            return (http(429, BUSY), KEEP)
        if request.path == "/v1/chat/completions":
            return (_openai(body),)
        if request.path == "/api/chat":
            return (_ollama(body),)
        return (default_answer(request.path, body), KEEP)


def _openai(body: dict[str, Any]) -> bytes:
    if tool := _tool(body):
        function = {**tool, "arguments": json.dumps(tool["arguments"])}
        call = {"id": "call_1", "type": "function", "function": function}
        if body.get("stream"):
            delta = {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, **call}]}}]}
            return SSE_HEAD + event(delta) + openai_stream(finish="tool_calls")
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        return http(200, completion() | {"choices": [choice]})
    text = _text(body)
    if body.get("stream"):
        return SSE_HEAD + openai_stream(text[:4], text[4:])
    return http(200, completion(text))


def _ollama(body: dict[str, Any]) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": _text(body)}
    if tool := _tool(body):
        message |= {"content": "", "tool_calls": [{"function": tool}]}
    last = {**ollama_line(done=True), "message": message}
    return http(200, line(last) if body.get("stream") else last, "application/x-ndjson")


def _tool(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the call of the first tool that is offered, unless its result is here."""
    if not body.get("tools") or body["messages"][-1]["role"] == "tool":
        return None
    function = body["tools"][0]["function"]
    return {"name": function["name"], "arguments": _values(function.get("parameters") or {})}


def _text(body: dict[str, Any]) -> str:
    response_format = body.get("response_format") or {}
    schema = (response_format.get("json_schema") or {}).get("schema") or body.get("format")
    if isinstance(schema, dict):
        return json.dumps(_values(schema))
    wants_json = response_format.get("type") == "json_object" or schema == "json"
    return json.dumps({"city": "Bonn", "days": 3}) if wants_json else "Hello there."


def _values(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an object of `schema`, whose fields are of plain types."""
    return {name: VALUES[field["type"]] for name, field in schema.get("properties", {}).items()}
