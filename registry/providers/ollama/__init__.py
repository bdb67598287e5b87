"""
Ollama's own wire format: OpenAI's fields in and out, `/api/…` on the wire.

`fields` has what becomes of the caller's fields.
Reference: https://docs.ollama.com/api
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from core.errors import PortalError
from registry.model_id import fold
from registry.providers import errors, requested, unsupported
from registry.providers.ollama import fields, messages
from registry.providers.ollama.answers import (
    AnswerStream,
    TextStream,
    demanded,
    finish_reason,
    logprobs,
    message_of,
)
from registry.providers.reading import bad_response, checked, decode, token_count, usage
from registry.providers.wire import Body, Completion, Embeddings, Request, Stamp, Target
from registry.providers.writing import bearer, get, post

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = "host"
FOLDS = True
LISTS_ALL = True
ADDED: Mapping[str, tuple[str, ...]] = {}
RELAYS = unsupported.RELAYS
Stream = AnswerStream
CompletionStream = TextStream
fit, fit_completion = fields.fit, fields.fit_completion


def base_url(text: str) -> str:
    """Return `host` with a scheme and a port, as Ollama's own client completes it."""
    if "?" in text:
        raise ValueError("Ollama's address has no '?'.")
    scheme, separator, rest = text.rpartition("://")
    rest = rest.rstrip("/")
    if not separator:
        scheme, rest = "http", rest if re.search(r":\d+$", rest) else f"{rest}:11434"
    return f"{scheme}://{rest}"


def chat(target: Target, body: Body) -> Request:
    options, top = fields.options(target, body)
    payload: Body = {
        "model": target.name,
        "messages": messages.to_ollama(body["messages"]),
        "stream": bool(body.get("stream")),  # Ollama streams by default
        **top,
        "options": options,
    }
    if tools := fields.tools(body):
        payload["tools"] = tools
    if (form := requested.form(body)) is not None:
        payload["format"] = form
    payload |= {key: body[key] for key in ("logprobs", "top_logprobs") if body.get(key) is not None}
    return post(target, "/api/chat", payload)


def read_chat(data: bytes, stamp: Stamp) -> Body:
    answer = checked(data)
    message = message_of(answer)
    if not isinstance(message, dict) or answer.get("done") is not True:
        raise bad_response("it holds no message")
    calls = demanded(messages.tool_calls(message, stamp.id, 0), stamp.request)
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
    inputs = [body["input"]] if isinstance(body["input"], str) else body["input"]
    if not all(isinstance(text, str) for text in inputs):
        raise PortalError("invalid_request", "Ollama embeds text, not tokens.", param="input")
    options, top = fields.options(target, {})
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
    """Return a raw completion: the model gets the prompt without its chat template.

    With a suffix, the template is for filling in.
    """
    options, top = fields.options(target, body)
    prompt, suffix = body["prompt"], body.get("suffix")
    payload = {
        "model": target.name,
        "prompt": prompt[0] if isinstance(prompt, list) else prompt,
        **({"suffix": suffix} if suffix else {"raw": True}),
        "stream": bool(body.get("stream")),
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


headers = bearer
read_error = errors.read_error
