"""A provider that does what real clients ask: calls tools, writes JSON of a schema, and fails."""

from __future__ import annotations

from typing import Any

from tests.support import replies
from tests.support.fake_provider import HANG, KEEP, FakeProvider, Recorded
from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    chunk,
    default_answer,
    event,
    http,
    line,
    ollama_line,
)

BUSY = {"error": {"message": "Please try again in 2s.", "code": "rate_limit_exceeded"}}
OVERLOADED = {"error": {"message": "Overloaded.", "type": "overloaded_error"}}
SILENCE = 1.5  # seconds, of several heartbeats


class HelpfulProvider(FakeProvider):
    """Answers chats by what they ask for.

    The model `busy` has always reached its limit, `overloaded` never has time, `broken` stops after
    a word, `slow` writes a word of a stream and then nothing, and `silent` answers late. GET
    /prompts has the last message of each request, and whether its caller left.
    """

    def _steps(self, request: Recorded) -> tuple[Any, ...]:
        if request.path == "/prompts":
            return (http(200, [_prompt(post) for post in self.posts]), KEEP)
        body = request.body or {}
        return _failures(request.path, body).get(body.get("model")) or _steps(request.path, body)


def _prompt(request: Recorded) -> dict[str, Any]:
    text = (request.body.get("messages") or [{}])[-1].get("content")
    if isinstance(text, list):
        text = "".join(part.get("text", "") for part in text)
    return {"text": text, "left": request.peer_closed.is_set()}


def _failures(path: str, body: dict[str, Any]) -> dict[Any, tuple[Any, ...]]:
    """Return the steps of the models that do not answer well, by name."""
    ollama = NDJSON_HEAD + line(ollama_line("Hello"))
    word = ollama if path == "/api/chat" else SSE_HEAD + event(chunk("Hello"))
    return {
        "busy": (http(429, BUSY), KEEP),
        "overloaded": (http(529, OVERLOADED, Retry_After="1"), KEEP),
        "broken": (word,),
        "slow": (word, HANG) if body.get("stream") else (HANG,),
        "silent": (SILENCE, *_steps(path, body)),
    }


def _steps(path: str, body: dict[str, Any]) -> tuple[Any, ...]:
    stream = bool(body.get("stream"))
    if path == "/v1/chat/completions":
        return (replies.openai(replies.reply(body), stream=stream),)
    if path == "/api/chat":
        return (replies.ollama(replies.reply(body), stream=stream),)
    if path == "/api/generate" and not body.get("raw"):
        return (replies.prompted(replies.reply(body), stream=stream),)
    return (default_answer(path, body), KEEP)
