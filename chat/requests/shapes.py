"""
The types of a request's fields: OpenAI's, checked field by field.

Other fields are not forbidden here: `fit` decides on them when the model is known.
Reference: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

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
