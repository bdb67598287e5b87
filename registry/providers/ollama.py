"""
Ollama's own wire format: OpenAI's fields in and out, `/api/…` on the wire.

An option that Ollama would ignore is refused by name, so that it does not seem to work; fields that
do not change the answer are dropped (DROPPED).
Reference: https://docs.ollama.com/api
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from core.errors import PortalError
from registry.model_id import fold
from registry.providers import errors
from registry.providers import ollama_messages as messages
from registry.providers.ollama_answers import AnswerStream, checked, finish_reason, logprobs
from registry.providers.wire import (
    Body,
    Completion,
    Embeddings,
    Request,
    Stamp,
    Target,
    bad_response,
    decode,
    get,
    post,
    token_count,
    usage,
)

ADDRESS = "host"
FOLDS = True
LISTS_ALL = True
ADDED: tuple[str, ...] = ()
Stream = AnswerStream

# OpenAI's name → the name in Ollama's `options`.
OPTIONS = {
    "temperature": "temperature", "top_p": "top_p", "seed": "seed", "stop": "stop",
    "presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty",
    "max_tokens": "num_predict", "max_completion_tokens": "num_predict",
}  # fmt: skip
DROPPED = {
    "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
    "stream_options", "encoding_format",
}  # fmt: skip
NEUTRAL: dict[str, Any] = {
    "n": 1, "parallel_tool_calls": True, "modalities": ["text"],
    "logit_bias": {},
}  # fmt: skip
CHAT = {"model", "messages", "stream", "tools", "tool_choice", "response_format",
        "reasoning_effort", "logprobs", "top_logprobs"}  # fmt: skip
EMBEDDINGS = {"model", "input", "dimensions"}
COMPLETION = {"model", "prompt", "stream"}
TOP_LEVEL = ("keep_alive", "think")  # in models.yaml's `options`, but not in Ollama's


def base_url(text: str) -> str:
    """Return `host` with a scheme and a port, as Ollama's own client completes it."""
    scheme, separator, rest = text.rpartition("://")
    rest = rest.rstrip("/")
    if not separator:
        scheme, rest = "http", rest if re.search(r":\d+$", rest) else f"{rest}:11434"
    return f"{scheme}://{rest}"


def chat(target: Target, body: Body) -> Request:
    _refuse_unknown(body, CHAT)
    options, top = _options(target, body)
    payload: Body = {
        "model": target.name,
        "messages": messages.to_ollama(body["messages"]),
        "stream": bool(body.get("stream")),  # Ollama streams by default
        **top,
        "options": options,
    }
    if body.get("tools") and body.get("tool_choice") != "none":
        payload["tools"] = body["tools"]
    if (form := _format(body.get("response_format"))) is not None:
        payload["format"] = form
    if (effort := body.get("reasoning_effort")) is not None:
        payload["think"] = False if effort == "none" else effort
    payload |= {key: body[key] for key in ("logprobs", "top_logprobs") if body.get(key) is not None}
    return post(target, "/api/chat", payload)


def _refuse_unknown(body: Body, known: set[str]) -> None:
    for name, value in body.items():
        if name in known or name in OPTIONS or name in DROPPED or value is None:
            if name != "tool_choice" or value in (None, "auto", "none"):
                continue
        elif name in NEUTRAL and value == NEUTRAL[name]:
            continue
        raise PortalError(
            "invalid_request", f"Ollama does not support this '{name}'. Leave it out.", param=name
        )


def _options(target: Target, body: Body) -> tuple[Body, Body]:
    """Return Ollama's `options`, and those of models.yaml that belong at the top level."""
    options = {k: v for k, v in target.options.items() if k not in TOP_LEVEL}
    if target.context_window is not None:
        # Ollama's own default is small, and it drops what does not fit without an error.
        options.setdefault("num_ctx", target.context_window)
    for name, ollama_name in OPTIONS.items():
        if body.get(name) is not None:
            value = body[name]
            options[ollama_name] = [value] if name == "stop" and isinstance(value, str) else value
    return options, {k: v for k, v in target.options.items() if k in TOP_LEVEL}


def _format(response_format: Any) -> Any:
    kind = response_format.get("type") if isinstance(response_format, dict) else None
    if response_format is None or kind == "text":
        return None
    if kind == "json_object":
        return "json"
    schema = response_format.get("json_schema") if isinstance(response_format, dict) else None
    if (
        kind == "json_schema"
        and isinstance(schema, dict)
        and isinstance(schema.get("schema"), dict)
    ):
        return schema["schema"]
    raise PortalError(
        "invalid_request",
        "response_format must be text, json_object, or json_schema with a schema.",
        param="response_format",
    )


def read_chat(data: bytes, stamp: Stamp) -> Body:
    answer = checked(data)
    message = answer.get("message")
    if not isinstance(message, dict) or answer.get("done") is not True:
        raise bad_response("it holds no message")
    calls = messages.tool_calls(message, stamp.id, 0)
    choice: Body = {
        "index": 0,
        "message": messages.to_openai(message, calls),
        "logprobs": logprobs(answer),
        "finish_reason": finish_reason(answer, bool(calls)),
    }
    counts = usage(answer.get("prompt_eval_count"), answer.get("eval_count"))
    return {
        "id": stamp.id,
        "object": "chat.completion",
        "created": stamp.created,
        "model": str(answer.get("model", "")),
        "choices": [choice],
        "usage": counts,
    }


def embeddings(target: Target, body: Body) -> Request:
    _refuse_unknown(body, EMBEDDINGS)
    inputs = [body["input"]] if isinstance(body["input"], str) else body["input"]
    if not all(isinstance(text, str) for text in inputs):
        raise PortalError("invalid_request", "Ollama embeds text, not tokens.", param="input")
    options, top = _options(target, {})
    payload: Body = {
        "model": target.name,
        "input": inputs,
        "truncate": False,
        **top,
        "options": options,
    }
    if body.get("dimensions") is not None:
        payload["dimensions"] = body["dimensions"]
    return post(target, "/api/embed", payload)


class _Vectors(msgspec.Struct):
    embeddings: list[list[float]]
    model: str | None = None
    prompt_eval_count: int | None = None


def read_embeddings(data: bytes) -> Embeddings:
    try:
        answer = msgspec.json.decode(data, type=_Vectors)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        checked(data)  # an error object inside a 200
        raise bad_response("it holds no vectors") from None
    count = token_count(answer.prompt_eval_count)
    counts = None if count is None else {"prompt_tokens": count, "total_tokens": count}
    return Embeddings(answer.embeddings, answer.model, counts)


def completion(target: Target, body: Body) -> Request:
    """Return a raw completion: the model gets the prompt without its chat template."""
    _refuse_unknown(body, COMPLETION)
    options, top = _options(target, body)
    payload = {
        "model": target.name,
        "prompt": body["prompt"],
        "raw": True,
        "stream": False,
        **top,
        "options": options,
    }
    return post(target, "/api/generate", payload)


def read_completion(data: bytes) -> Completion:
    answer = checked(data)
    if not isinstance(answer.get("response"), str) or answer.get("done") is not True:
        raise bad_response("it holds no text")
    counts = usage(answer.get("prompt_eval_count"), answer.get("eval_count"))
    return Completion(answer["response"], finish_reason(answer, False), counts)


def models(target: Target) -> Request:
    return get(target, "/api/tags")


def read_models(data: bytes) -> list[str]:
    rows = decode(data).get("models", {})
    if rows is not None and not isinstance(rows, list):  # null: there are none yet
        raise bad_response("it lists no models")
    names = (row.get("model") or row.get("name") for row in rows or () if isinstance(row, dict))
    return [name for name in names if isinstance(name, str)]


def health(target: Target) -> Request:
    return get(target, "/api/version")


def read_health(data: bytes) -> None:
    if not isinstance(decode(data).get("version"), str):
        raise bad_response("it has no version")


def empty_chat(target: Target) -> None:
    """Ollama's version answers without a key; its list of models needs one."""


def other_address(base_url: str) -> str:
    """Return the URL without the path of Ollama's other APIs."""
    root = re.sub(r"/(?:v1(?:/.*)?|api(?:/.*)?)$", "", base_url)
    return root if root != base_url else ""


def loaded(target: Target) -> Request:
    return get(target, "/api/ps")


def read_loaded(data: bytes, name: str) -> bool:
    rows = decode(data).get("models")
    if not isinstance(rows, list):
        raise bad_response("it lists no models")
    return any(isinstance(row, dict) and fold(str(row.get("model"))) == fold(name) for row in rows)


read_error = errors.read_error
