"""OpenAI's Agents SDK in its default mode, which speaks the Responses API."""

from __future__ import annotations

import asyncio

import pytest
from agents import Agent, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI
from pydantic import BaseModel

set_tracing_disabled(True)


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


@function_tool
def weather(city: str) -> str:
    """Return the weather of a city."""
    return f"sunny in {city}"


@pytest.fixture(params=["oai", "oll", "via:oai"])
def provider(request: pytest.FixtureRequest) -> str:
    """Two that are translated, and one whose server has the API itself."""
    return str(request.param)


@pytest.fixture
def agent(provider: str) -> Agent:
    return Agent(name="guide", instructions="Be brief.", tools=[weather], model=_model(provider))


def _model(provider: str) -> OpenAIResponsesModel:
    """Return a model whose ID has a colon, and so no prefix of the SDK's own."""
    return OpenAIResponsesModel(model=f"{provider}:talker", openai_client=AsyncOpenAI())


def test_a_tool_loop(agent: Agent) -> None:
    result = Runner.run_sync(agent, "How is the weather?")
    kinds = [item.type for item in result.new_items]
    assert kinds == ["tool_call_item", "tool_call_output_item", "message_output_item"]
    assert result.final_output == "Hello there."


def test_a_streamed_tool_loop(agent: Agent) -> None:
    async def run() -> tuple[list[str], str]:
        result = Runner.run_streamed(agent, "How is the weather?")
        names = [e.name async for e in result.stream_events() if e.type == "run_item_stream_event"]
        return names, result.final_output

    names, output = asyncio.run(run())
    assert names == ["tool_called", "tool_output", "message_output_created"]
    assert output == "Hello there."


def test_output_is_structured(provider: str) -> None:
    agent = Agent(name="guide", output_type=Trip, model=_model(provider))
    assert Runner.run_sync(agent, "A trip").final_output == Trip(city="Bonn", days=3)
