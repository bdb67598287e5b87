"""
Anthropic's wire format, the Messages API: OpenAI's fields in and out, `/v1/messages` on the wire.

`fields` and `thoughts` have what becomes of the caller's fields, `messages` and `parts` of the
messages; `answers` and `stream` translate back.
Reference: https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry.providers import errors, openai, unsupported
from registry.providers.anthropic import answers, fields, thoughts
from registry.providers.anthropic.stream import MessageStream
from registry.providers.reading import checked
from registry.providers.wire import Body, Request, Stamp, Target
from registry.providers.writing import get, post

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = "endpoint"
FOLDS = False
LISTS_ALL = False  # not the aliases of the latest version of a model
ADDED: Mapping[str, tuple[str, ...]] = {
    "chat": (thoughts.BUDGET,),
    "stream": (thoughts.BUDGET,),
}
VERSION = "2023-06-01"  # of the API; `headers` of models.yaml may name another
Stream = CompletionStream = MessageStream
fit = fields.fit


def base_url(text: str) -> str:
    """Return the address up to and including the version."""
    root, mark, query = text.partition("?")
    root = root.rstrip("/")
    if not re.search(r"/v\d+(?:/|$)", root):
        root = f"{root}/v1"
    return f"{root}{mark}{query}"


def headers(key: str) -> Mapping[str, str]:
    version = {"anthropic-version": VERSION}
    return {"x-api-key": key, **version} if key else version


def chat(target: Target, body: Body) -> Request:
    return post(target, "/messages", fields.payload(target, body))


def read_chat(data: bytes, stamp: Stamp) -> Body:
    answer = checked(data)
    message = answers.message(answer)
    return {
        "id": stamp.id,
        "object": "chat.completion",
        "created": stamp.created,
        "model": answers.text(answer, "model"),
        "choices": [{"index": 0, "message": message, **answers.end(answer)}],
        "usage": answers.counts(answer.get("usage")),
    }


RELAYS = unsupported.RELAYS
embeddings, read_embeddings = unsupported.embeddings, unsupported.read_embeddings
fit_completion, completion = unsupported.fit_completion, unsupported.completion
read_completion = unsupported.read_completion


def models(target: Target) -> Request:
    return get(target, "/models")


read_models = openai.read_models  # the same form
health = models  # a free call, and one that checks the key
read_health = openai.read_health


def empty_chat(target: Target) -> Request:
    return post(target, "/messages", {})


def other_address(address: str) -> str:
    """Return the URL without a route at its end."""
    root, mark, query = address.partition("?")
    bare = re.sub(r"/(?:messages|chat/completions|complete|models)(?:/v1)?$", "", root)
    return "" if bare == root else base_url(f"{bare}{mark}{query}")


loaded, read_loaded = unsupported.loaded, unsupported.read_loaded
read_error = errors.read_error
