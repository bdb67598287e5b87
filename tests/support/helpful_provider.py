"""A provider that does what real clients ask: calls tools, writes JSON of a schema, and fails."""

from __future__ import annotations

import json
from typing import Any

from tests.support.fake_provider import HANG, KEEP, FakeProvider, Recorded
from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    chunk,
    completion,
    default_answer,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)

BUSY = {"error": {"message": "Please try again in 2s.", "code": "rate_limit_exceeded"}}
VALUES: dict[str, Any] = {"string": "Bonn", "integer": 3, "number": 3, "boolean": True, "array": [],
                          "object": {}}  # fmt: skip


class HelpfulProvider(FakeProvider):
    """Answers chats by what they ask for.

    The model `busy` has always reached its limit, `broken` stops after a word, and `slow` writes
    a word of a stream and then nothing. GET /prompts has the last message of each request, and
    whether its caller left.
    """

    def _steps(self, request: Recorded) -> tuple[Any, ...]:
        if request.path == "/prompts":
            return (http(200, [_prompt(post) for post in self.posts]), KEEP)
        body = request.body or {}
        return _failures(request.path, body).get(body.get("model")) or _steps(request.path, body)


def _prompt(request: Recorded) -> dict[str, Any]:
    messages = request.body.get("messages") or [{}]
    return {"text": messages[-1].get("content"), "left": request.peer_closed.is_set()}


def _failures(path: str, body: dict[str, Any]) -> dict[Any, tuple[Any, ...]]:
    """Return the steps of the models that do not answer well, by name."""
    ollama = NDJSON_HEAD + line(ollama_line("Hello"))
    word = ollama if path == "/api/chat" else SSE_HEAD + event(chunk("Hello"))
    slow = (word, HANG) if body.get("stream") else (HANG,)
    return {"busy": (http(429, BUSY), KEEP), "broken": (word,), "slow": slow}


def _steps(path: str, body: dict[str, Any]) -> tuple[Any, ...]:
    if path == "/v1/chat/completions":
        return (_openai(body),)
    if path == "/api/chat":
        return (_ollama(body),)
    if path == "/api/generate" and not body.get("raw"):
        return (_prompted(body),)
    return (default_answer(path, body), KEEP)


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


def _prompted(body: dict[str, Any]) -> bytes:
    last = {**ollama_line(done=True), "response": _text(body)}
    del last["message"]
    return http(200, line(last) if body.get("stream") else last, "application/x-ndjson")


def _tool(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the call of the first tool that may be called, unless its result is here."""
    may_call = body.get("tools") and body.get("tool_choice") != "none"
    if not may_call or body["messages"][-1]["role"] == "tool":
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
    """Return an object of `schema`, with the fields that it requires."""
    fields = schema.get("properties", {})
    names = schema.get("required", fields)
    return {name: VALUES[fields[name].get("type", "string")] for name in names}
