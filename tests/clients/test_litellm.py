from __future__ import annotations

from typing import Any

import litellm
import pytest
from pydantic import BaseModel

TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}}}}]  # fmt: skip
HI = [{"role": "user", "content": "Hi"}]


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


@pytest.fixture(params=["openai", "openai/responses", "anthropic", "ollama_chat"])
def portal(request: pytest.FixtureRequest, provider: str, url: str, token: str) -> dict[str, Any]:
    """The portal as LiteLLM's upstream, in each of its APIs."""
    api: str = request.param
    base = url if api.startswith("openai") else url.removesuffix("/v1")
    return {"model": f"{api}/{provider}:talker", "api_base": base, "api_key": token}


def other(portal: dict[str, Any], name: str) -> dict[str, Any]:
    return {**portal, "model": portal["model"].replace("talker", name)}


def test_chat_and_stream(portal: dict[str, Any]) -> None:
    answer = litellm.completion(messages=HI, **portal)
    assert answer.choices[0].message.content == "Hello there."
    stream = litellm.completion(messages=HI, stream=True, **portal)
    assert "".join(c.choices[0].delta.content or "" for c in stream) == "Hello there."


def test_a_tool_is_called_and_its_result_goes_back(portal: dict[str, Any]) -> None:
    message = litellm.completion(messages=HI, tools=TOOLS, **portal).choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "sunny"}
    history = [*HI, message.model_dump(), result]
    answer = litellm.completion(messages=history, tools=TOOLS, **portal)
    assert answer.choices[0].message.content == "Hello there."


def test_output_is_structured(portal: dict[str, Any]) -> None:
    answer = litellm.completion(messages=HI, response_format=Trip, **portal)
    assert Trip.model_validate_json(answer.choices[0].message.content) == Trip(city="Bonn", days=3)


def test_thoughts_are_beside_the_text(portal: dict[str, Any]) -> None:
    message = litellm.completion(messages=HI, **other(portal, "thinker")).choices[0].message
    assert (message.reasoning_content, message.content) == ("They greet me.", "Hello there.")


@pytest.mark.parametrize("api", ["openai", "ollama"])
def test_texts_are_embedded(provider: str, url: str, token: str, api: str) -> None:
    base = url if api == "openai" else url.removesuffix("/v1")
    embedder = {"model": f"{api}/{provider}:embedder", "api_base": base, "api_key": token}
    assert len(litellm.embedding(input=["a", "b"], **embedder).data) == 2


def test_a_limit_is_a_typed_error(portal: dict[str, Any]) -> None:
    with pytest.raises(litellm.RateLimitError, match="try again in 2s"):
        litellm.completion(messages=HI, num_retries=0, max_retries=0, **other(portal, "busy"))
