"""
The types of a request's fields: OpenAI's, checked field by field.

Other fields are not forbidden here: `fit` decides on them when the model is known.
Reference: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from core.errors import PortalError
from core.http.body import check_types

T = TypeVar("T")

Count = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Limit = Annotated[int, msgspec.Meta(ge=-2, le=2**31 - 1)]  # -1, of LM Studio: as many as it likes
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
ID = Annotated[str, msgspec.Meta(max_length=300)]
Token = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Tokens = Annotated[list[Token], msgspec.Meta(min_length=1)]


class Message(msgspec.Struct):
    """One message. `content` is text, or parts; the fields of answers may be of any type."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[str | dict[str, Any]] | None = None
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None


class StreamOptions(msgspec.Struct):
    include_usage: bool | None = None


class Chat(msgspec.Struct):
    """A chat request. `model` is a model's ID, by default the portal's primary or default."""

    messages: Annotated[list[Message], msgspec.Meta(min_length=1)]
    model: ID | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: float | None = None
    top_p: float | None = None
    n: Count | None = None
    stop: str | list[str] | None = None
    max_tokens: Limit | None = None
    max_completion_tokens: Limit | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, Any] | list[Any] | None = None  # a list: llama.cpp
    logprobs: bool | int | None = None  # a number: Together
    top_logprobs: Annotated[int, msgspec.Meta(ge=-1, le=100)] | None = None  # -1, of vLLM: all
    seed: Int64 | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    response_format: dict[str, Any] | None = None
    reasoning_effort: str | None = None
    modalities: list[str] | None = None
    user: str | None = None
    metadata: dict[str, Any] | list[Any] | None = None  # a list: PHP's empty object
    store: bool | None = None
    service_tier: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None


class Embeddings(msgspec.Struct):
    """An embeddings request. `input` is a text, texts, tokens, or lists of tokens."""

    input: Text | Annotated[list[Text | Token | Tokens], msgspec.Meta(min_length=1)]
    model: ID | None = None
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Count | None = None
    user: str | None = None


class Rerank(msgspec.Struct):
    """A request to rank documents by their relevance to `query`. `top_n` 0 is all of them."""

    query: Text
    documents: Annotated[list[str | dict[str, Any]], msgspec.Meta(min_length=1)]
    model: ID | None = None
    top_n: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None
    return_documents: bool | None = None
    max_tokens_per_doc: Count | None = None
    user: str | None = None


Images = Annotated[int, msgspec.Meta(ge=1, le=10)]


class ImageGeneration(msgspec.Struct):
    """A request for images of `prompt`. Which sizes and qualities there are, the model knows."""

    prompt: Text
    model: ID | None = None
    n: Images | None = None
    batch_size: Images | None = None  # as SiliconFlow calls `n`
    size: str | None = None
    quality: str | None = None
    style: str | None = None
    background: str | None = None
    moderation: str | None = None
    response_format: Literal["url", "b64_json"] | None = None
    output_format: str | None = None
    output_compression: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    stream: bool | None = None
    partial_images: Annotated[int, msgspec.Meta(ge=0, le=3)] | None = None
    seed: Int64 | None = None
    negative_prompt: str | None = None
    user: str | None = None


class Transcription(msgspec.Struct):
    """A form with sound. `language` and `prompt` help the model; a translation is English."""

    file: Annotated[bytes, msgspec.Meta(extra_json_schema={"format": "binary"})]
    model: ID | None = None
    language: str | None = None
    prompt: str | None = None
    response_format: Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"] = "json"
    temperature: float | None = None
    stream: bool | None = None


class Completion(msgspec.Struct):
    """A raw completion's request. `prompt` is a text, texts, tokens, or lists of tokens."""

    prompt: str | Annotated[list[str | Token | Tokens], msgspec.Meta(min_length=1)]
    model: ID | None = None
    suffix: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: Limit | None = None
    temperature: float | None = None
    top_p: float | None = None
    n: Count | None = None
    best_of: Count | None = None
    echo: bool | None = None
    logprobs: bool | int | None = None
    stop: str | list[str] | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, Any] | list[Any] | None = None
    seed: Int64 | None = None
    user: str | None = None


def checked(body: dict[str, Any], shape: type[T]) -> tuple[dict[str, Any], T]:
    """Return the body and its typed form; 1024.0 is a whole number (Java's Gson writes it)."""
    try:
        return body, check_types(body, shape)
    except PortalError:
        body = {
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in body.items()
        }
        return body, check_types(body, shape)
