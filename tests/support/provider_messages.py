"""The bytes that providers send: answers of all wire formats, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

from tests.support import anthropic_messages as anthropic

WORDS = ["Hello", " from", " the", " fake", "."]


def http(status: int, body: Any, content_type: str = "application/json", **headers: str) -> bytes:
    """Return a whole response; `body` is bytes, or a value to encode as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(data)}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


SSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
NDJSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def event(value: Any) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """Return an OpenAI chunk."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "fake",
        "choices": [choice],
        **more,
    }


USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


def openai_stream(*words: str, finish: str = "stop", usage: bool = True) -> bytes:
    """Return the events of a whole OpenAI answer."""
    parts = [event(chunk(word)) for word in words] + [event(chunk(finish=finish))]
    if usage:
        parts.append(event({**chunk(), "choices": [], "usage": USAGE}))
    return b"".join([*parts, DONE])


def completion(text: str = "".join(WORDS), **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": USAGE,
        **more,
    }


def vector(text: Any) -> list[float]:
    return [float(len(str(text))), 0.5, -0.25]


def ollama_line(text: str = "", *, done: bool = False, **more: Any) -> dict[str, Any]:
    fields = {
        "model": "fake",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": done,
    }
    if done:
        fields |= {"done_reason": "stop", "prompt_eval_count": 7, "eval_count": 5}
    return {**fields, **more}


def default_answer(path: str, body: dict[str, Any]) -> bytes:
    """Return a valid response to a request of `body` at `path`."""
    answers = {
        "/v1/chat/completions": _openai_chat,
        "/v1/completions": _openai_completion,
        "/v1/embeddings": _openai_embeddings,
        "/v1/messages": _anthropic_messages,
        "/v1/rerank": _ranking,
        "/v1/audio/transcriptions": _transcript,
        "/v1/audio/translations": _transcript,
        "/v1/images/generations": _images,
        "/v1/models": lambda body: http(200, {"object": "list", "data": [{"id": "fake"}]}),
        "/api/chat": _ollama_chat,
        "/api/generate": lambda body: http(
            200, {"response": "SELECT 1", "done": True, "done_reason": "stop", "eval_count": 3}
        ),
        "/api/embed": lambda body: http(
            200,
            {
                "model": "fake",
                "embeddings": [vector(t) for t in body["input"]],
                "prompt_eval_count": 3,
            },
        ),
        "/api/tags": lambda body: http(
            200, {"models": [{"name": "fake:latest", "model": "fake:latest"}]}
        ),
        "/api/ps": lambda body: http(200, {"models": []}),  # no model is in memory
        "/api/version": lambda body: http(200, {"version": "0.12.0"}),
    }
    answer = answers.get(path)
    return answer(body) if answer else http(404, {"error": {"message": "no such route"}})


def _openai_chat(body: dict[str, Any]) -> bytes:
    if not body.get("stream"):
        return http(200, completion())
    usage = bool((body.get("stream_options") or {}).get("include_usage"))
    words = WORDS * 100 if body["messages"][-1]["content"] == "long" else WORDS
    return http(200, openai_stream(*words, usage=usage), "text/event-stream")


def _openai_completion(body: dict[str, Any]) -> bytes:
    if not body.get("stream"):
        text = {"text": "SELECT 1", "finish_reason": "stop"}
        return http(200, {"choices": [text], "usage": USAGE})
    pieces = ("S", "ELE", "CT", " ", "1")  # as many as WORDS
    rows = [{"index": 0, "text": piece, "finish_reason": None} for piece in pieces]
    rows.append({"index": 0, "text": "", "finish_reason": "stop"})
    events = [event({"object": "text_completion", "choices": [row]}) for row in rows]
    return http(200, b"".join([*events, DONE]), "text/event-stream")


def _anthropic_messages(body: dict[str, Any]) -> bytes:
    if not body.get("stream"):
        return http(200, anthropic.whole({"type": "text", "text": "".join(WORDS)}))
    return http(200, anthropic.stream(*WORDS), "text/event-stream")


def _openai_embeddings(body: dict[str, Any]) -> bytes:
    inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [
        {"object": "embedding", "index": i, "embedding": vector(t)} for i, t in enumerate(inputs)
    ]
    return http(
        200,
        {
            "object": "list",
            "data": data,
            "model": "fake",
            "usage": {"prompt_tokens": 3, "total_tokens": 3},
        },
    )


def _ranking(body: dict[str, Any]) -> bytes:
    """Return the longest documents first."""
    documents = enumerate(body["documents"])
    rows = [{"index": i, "relevance_score": len(str(text)) / 1000} for i, text in documents]
    rows.sort(key=lambda row: -row["relevance_score"])
    usage = {"prompt_tokens": 9, "total_tokens": 9}
    return http(200, {"id": "rank-1", "results": rows[: body.get("top_n")], "usage": usage})


def _transcript(body: dict[str, Any]) -> bytes:
    if body.get("response_format") in ("text", "srt", "vtt"):
        return http(200, b"Hello there.\n", "text/plain")
    if body.get("stream") == "true":
        events = [{"type": "transcript.text.delta", "delta": word} for word in ("Hello", " there.")]
        last = {"type": "transcript.text.done", "text": "Hello there."}
        return http(200, b"".join(map(event, [*events, last])), "text/event-stream")
    usage = {"type": "tokens", "input_tokens": 14, "output_tokens": 3, "total_tokens": 17}
    return http(200, {"text": "Hello there.", "usage": usage})


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # fmt: skip


def _images(body: dict[str, Any]) -> bytes:
    usage = {"input_tokens": 4, "output_tokens": 100, "total_tokens": 104}
    image = {"b64_json": PIXEL}
    if body.get("stream"):
        kinds = ("partial_image", "completed")
        events = [{"type": f"image_generation.{kind}", **image} for kind in kinds]
        data = b"".join(b"event: %s\n" % e["type"].encode() + event(e) for e in events)
        return http(200, data, "text/event-stream")
    return http(200, {"created": 1, "data": [image] * body.get("n", 1), "usage": usage})


def _ollama_chat(body: dict[str, Any]) -> bytes:
    if not body.get("stream", True):
        return http(200, ollama_line("".join(WORDS), done=True))
    lines = [line(ollama_line(word)) for word in WORDS] + [line(ollama_line(done=True))]
    return http(200, b"".join(lines), "application/x-ndjson")
