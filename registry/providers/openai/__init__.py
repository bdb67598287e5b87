"""
OpenAI's wire format, as OpenAI, vLLM, llama.cpp, LM Studio and many others speak it.

The caller's body passes through: unknown fields may be the server's own.
Reference: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry.providers import errors, unsupported
from registry.providers.error_body import read_value
from registry.providers.openai.bodies import checked, merged, without_nulls
from registry.providers.openai.relays import RELAYS as RELAYS
from registry.providers.openai.repair import message
from registry.providers.openai.stream import ChunkStream
from registry.providers.openai.texts import TextStream
from registry.providers.openai.values import BROKEN, counts, finish, has_odd_counts, is_foreign
from registry.providers.openai.vectors import read_vectors
from registry.providers.reading import bad_response, decode_any
from registry.providers.wire import Body, Completion, Embeddings, Request, Stamp, Target
from registry.providers.writing import bearer, get, post

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = "endpoint"
FOLDS = False
LISTS_ALL = False
Stream = ChunkStream
CompletionStream = TextStream
ADDED: Mapping[str, tuple[str, ...]] = {
    "stream": ("stream_options",),
    "embed": ("encoding_format",),
}
_VERSION = re.compile(r"/(?:v\d[^/]*|openai|compatible-mode)(?:/|$)")


def base_url(text: str) -> str:
    root, mark, query = text.partition("?")
    return f"{root.rstrip('/')}{mark}{query}"


def fit(body: Body) -> tuple[str, ...]:
    return ()  # the server has the caller's fields


def chat(target: Target, body: Body) -> Request:
    payload = _with_stream(target, merged(target, body), body)
    return post(target, "/chat/completions", without_nulls(target, payload))


def _with_stream(target: Target, payload: Body, body: Body) -> Body:
    if not body.get("stream"):
        return {**payload, "stream": False}  # some servers stream unless the request says no
    if "stream_options" in target.omit:
        return {name: value for name, value in payload.items() if name != "stream_options"}
    asked = payload.get("stream_options") or {}
    return {**payload, "stream_options": {**asked, "include_usage": True}}


def read_chat(data: bytes, stamp: Stamp) -> Body:
    answer = checked(data)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices:
        if read_value(answer).message:
            raise errors.in_answer(answer)
        raise bad_response("it has no choices")
    if not all(isinstance(c, dict) and isinstance(c.get("message"), dict) for c in choices):
        raise bad_response("a choice has no message")
    for number, choice in enumerate(choices):
        if choice.get("error") or choice.get("finish_reason") in BROKEN:
            raise errors.in_answer({"error": choice.get("error") or "It ended with an error."})
        choice.setdefault("index", number)
        choice["message"] = message(choice["message"], stamp.id, number)
        if not isinstance(choice.get("finish_reason"), str) or is_foreign(choice["finish_reason"]):
            choice.update(finish(choice))
    if "usage" in answer and has_odd_counts(answer["usage"]):
        answer["usage"] = counts(answer["usage"])
    return answer


def embeddings(target: Target, body: Body) -> Request:
    payload = merged(target, body)
    if "encoding_format" not in target.omit:
        payload["encoding_format"] = "float"
    else:
        payload.pop("encoding_format", None)
    return post(target, "/embeddings", without_nulls(target, payload))


def read_embeddings(data: bytes) -> Embeddings:
    if (vectors := read_vectors(data)) is not None:
        return vectors
    answer = checked(data)  # an error object inside a 200
    if read_value(answer).message:
        raise errors.in_answer(answer)
    raise bad_response("it holds no vectors")


fit_completion = fit


def completion(target: Target, body: Body) -> Request:
    payload = _with_stream(target, merged(target, body), body)
    return post(target, "/completions", without_nulls(target, payload))


def read_completion(data: bytes) -> Completion:
    answer = checked(data)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise bad_response("it has no choices")
    text, usage = choices[0].get("text"), answer.get("usage")
    if not isinstance(text, str):
        raise bad_response("its choice has no text")
    counted = usage if isinstance(usage, dict) else None
    return Completion(text, choices[0].get("finish_reason"), counted, answer)


def models(target: Target) -> Request:
    return get(target, "/models")


def read_models(data: bytes) -> list[str]:
    """Return the names in OpenAI's list, in a bare one (Together), or in none: `data: null`."""
    answer = decode_any(data)
    if isinstance(answer, dict):
        if answer.get("error"):
            raise errors.in_answer(answer)
        rows = answer.get("data", answer.get("models", answer))
    else:
        rows = answer
    if rows is None:
        return []
    if isinstance(rows, dict) and rows is not answer:  # by name
        return list(rows)
    if not isinstance(rows, list):
        raise bad_response("it lists no models")
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]


health = models  # a free call, and one that checks the key


def read_health(data: bytes) -> None:
    read_models(data)


def empty_chat(target: Target) -> Request:
    return post(target, "/chat/completions", {})


def other_address(base_url: str) -> str:
    """Return the URL without a route at its end, or with /v1."""
    root, mark, query = base_url.partition("?")
    bare = re.sub(r"/(?:chat/completions|completions|embeddings|models|responses)$", "", root)
    if bare == root:
        bare = "" if _VERSION.search(root) else f"{root}/v1"
    return bare and f"{bare}{mark}{query}"


loaded, read_loaded = unsupported.loaded, unsupported.read_loaded
headers = bearer
read_error = errors.read_error
