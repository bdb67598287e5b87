from __future__ import annotations

import asyncio

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


Model = OpenAIChatModel | OpenAIResponsesModel


@pytest.fixture(params=[OpenAIChatModel, OpenAIResponsesModel])
def model(request: pytest.FixtureRequest, provider: str, url: str, token: str) -> Model:
    own = OpenAIProvider(base_url=url, api_key=token)
    built: Model = request.param(f"{provider}:talker", provider=own)
    return built


def test_chat_and_stream(model: Model) -> None:
    assert Agent(model).run_sync("Hi").output == "Hello there."

    async def stream() -> str:
        async with Agent(model).run_stream("Hi") as result:
            return str(await result.get_output())

    assert asyncio.run(stream()) == "Hello there."


def test_output_is_structured(model: Model) -> None:
    assert Agent(model, output_type=Trip).run_sync("A trip").output == Trip(city="Bonn", days=3)


def test_a_tool_is_called_and_its_result_goes_back(model: Model) -> None:
    agent = Agent(model)
    cities = []

    @agent.tool_plain
    def weather(city: str) -> str:
        cities.append(city)
        return "sunny"

    assert agent.run_sync("How is the weather?").output == "Hello there."
    assert cities == ["Bonn"]


def test_a_limit_is_a_typed_error(provider: str, url: str, token: str) -> None:
    own = OpenAIProvider(base_url=url, api_key=token)
    with pytest.raises(ModelHTTPError) as caught:
        Agent(OpenAIChatModel(f"{provider}:busy", provider=own)).run_sync("Hi")
    assert caught.value.status_code == 429
