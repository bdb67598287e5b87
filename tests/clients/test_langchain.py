from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import anthropic
import openai
import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


@tool
def weather(city: str) -> str:
    """Return the weather of a city."""
    return f"sunny in {city}"


APIS: dict[str, Any] = {
    "chat": lambda name: ChatOpenAI(model=name, max_retries=0),
    "responses": lambda name: ChatOpenAI(model=name, max_retries=0, use_responses_api=True),
    "messages": lambda name: ChatAnthropic(
        model=name, max_retries=0, base_url=os.environ["PORTAL_URL"]
    ),
}
Build = Callable[[str], BaseChatModel]


@pytest.fixture(params=APIS)
def build(request: pytest.FixtureRequest, provider: str) -> Build:
    """Return LangChain's model of a name, in each API."""
    return lambda name: APIS[request.param](f"{provider}:{name}")


def test_chat_and_stream(build: Build) -> None:
    assert build("talker").invoke("Hi").text == "Hello there."
    assert "".join(c.text for c in build("talker").stream("Hi")) == "Hello there."


@pytest.mark.parametrize("choice", ["auto", "any", "weather"])
def test_a_tool_is_called_and_its_result_goes_back(build: Build, choice: str) -> None:
    bound = build("talker").bind_tools([weather], tool_choice=choice)
    history: list[BaseMessage] = [HumanMessage("How is the weather?")]
    answer = bound.invoke(history)
    assert isinstance(answer, AIMessage)
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [
        ("weather", {"city": "Bonn"})
    ]
    result = ToolMessage("sunny", tool_call_id=answer.tool_calls[0]["id"])
    auto = build("talker").bind_tools([weather])
    assert auto.invoke([*history, answer, result]).text == "Hello there."


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_output_is_structured(build: Build, method: str) -> None:
    chain = build("talker").with_structured_output(Trip, method=method)
    assert chain.invoke("JSON, please: a trip to Bonn.") == Trip(city="Bonn", days=3)


def test_texts_are_embedded(provider: str) -> None:
    name = f"{provider}:embedder"
    embeddings = OpenAIEmbeddings(model=name, check_embedding_ctx_length=False)
    assert len(embeddings.embed_documents(["a", "b"])) == 2


def test_output_is_json(provider: str) -> None:
    model = APIS["chat"](f"{provider}:talker")
    chain = model.with_structured_output(Trip, method="json_mode")
    assert chain.invoke("JSON, please: a trip to Bonn.") == Trip(city="Bonn", days=3)


def test_thoughts_go_back(provider: str) -> None:
    model = APIS["messages"](f"{provider}:thinker")
    answer = model.invoke("Hi")
    assert [block["type"] for block in answer.content] == ["thinking", "text"]
    assert model.invoke([HumanMessage("Hi"), answer, HumanMessage("Hi")]).text == "Hello there."


def test_a_limit_is_a_typed_error(build: Build) -> None:
    with pytest.raises((openai.RateLimitError, anthropic.RateLimitError), match="try again in 2s"):
        build("busy").invoke("Hi")
