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


@pytest.fixture
def portal(provider: str, url: str, token: str) -> dict[str, Any]:
    """The portal as LiteLLM's upstream."""
    return {"model": f"openai/{provider}:talker", "api_base": url, "api_key": token}


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


def test_texts_are_embedded(provider: str, portal: dict[str, Any]) -> None:
    name = {**portal, "model": f"openai/{provider}:embedder"}
    assert len(litellm.embedding(input=["a", "b"], **name).data) == 2


def test_a_limit_is_a_typed_error(provider: str, portal: dict[str, Any]) -> None:
    busy = {**portal, "model": f"openai/{provider}:busy"}
    with pytest.raises(litellm.RateLimitError, match="try again in 2s"):
        litellm.completion(messages=HI, num_retries=0, max_retries=0, **busy)
