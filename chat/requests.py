"""
The requests of completions and embeddings: OpenAI's, type-checked field by field.

Unknown fields pass to providers of OpenAI's format, whose servers add their own. So
`forbid_unknown_fields` is not set.
Reference: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from core.errors import PortalError
from core.http.body import check_types

Count = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
ID = Annotated[str, msgspec.Meta(max_length=300)]
Token = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Tokens = Annotated[list[Token], msgspec.Meta(min_length=1)]


class Message(msgspec.Struct, forbid_unknown_fields=True):
    """One message. `content` is text, or parts whose images are data: URLs.

    Unknown fields are refused: in some servers they hold URLs to fetch.
    """

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None
    function_call: dict[str, Any] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    annotations: list[dict[str, Any]] | None = None
    audio: dict[str, Any] | None = None


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
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    seed: Int64 | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    response_format: dict[str, Any] | None = None
    reasoning_effort: str | None = None
    modalities: list[str] | None = None
    user: str | None = None
    metadata: dict[str, str] | None = None
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


# The value of a part of each type: text, or an object with these keys.
TEXTS = {"text", "refusal"}
OBJECTS = {
    "image_url": {"url", "detail"},
    "video_url": {"url"},
    "audio_url": {"url"},
    "input_audio": {"data", "format"},
    "file": {"file_data", "filename", "file_id"},
}
FORBIDDEN = {"base_url", "api_base", "api_key", "url"}  # a caller does not choose the server


def read_chat(body: dict[str, Any]) -> dict[str, Any]:
    """Return a checked chat request without `model`. Raises PortalError `invalid_request`."""
    checked = check_types(body, Chat)
    for number, message in enumerate(checked.messages):
        if isinstance(message.content, list):
            for part in message.content:
                _check_part(part, f"messages[{number}].content")
    return _without_model(body)


def read_embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Return a checked embeddings request without `model`. Raises PortalError."""
    inputs = check_types(body, Embeddings).input
    if isinstance(inputs, list) and len({type(item) for item in inputs}) > 1:
        raise _refused("input: texts and tokens cannot be mixed.", "input")
    return _without_model(body)


def _without_model(body: dict[str, Any]) -> dict[str, Any]:
    if forbidden := FORBIDDEN & body.keys():
        field = min(forbidden)
        raise _refused(f"{field}: only models.yaml says where a provider is.", field)
    return {key: value for key, value in body.items() if key != "model"}


def _check_part(part: dict[str, Any], where: str) -> None:
    """Raise PortalError unless `part` has a known form, and only data: URLs.

    The provider would fetch any other URL, from inside its network.
    """
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in (*TEXTS, *OBJECTS) or set(part) - {"type", kind}:
        raise _refused(f"{where}: a part is one of {', '.join((*sorted(TEXTS), *OBJECTS))}.")
    value = part.get(kind)
    if kind in TEXTS:
        if not isinstance(value, str):
            raise _refused(f"{where}: a part of type {kind} needs its `{kind}`.")
        return
    if not isinstance(value, dict) or not value or set(value) - OBJECTS[kind]:
        raise _refused(f"{where}: `{kind}` is an object of {', '.join(sorted(OBJECTS[kind]))}.")
    for name, text in value.items():
        is_url = name == "url" or (isinstance(text, str) and "://" in text[:100])
        if not isinstance(text, str) or (is_url and not text.startswith("data:")):
            raise _refused(f"{where}: only data: URLs are allowed.")
    if kind.endswith("_url") and "url" not in value:
        raise _refused(f"{where}: `{kind}` needs its `url`.")


def _refused(message: str, param: str = "messages") -> PortalError:
    return PortalError("invalid_request", message, param=param)
