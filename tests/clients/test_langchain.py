from __future__ import annotations

import openai
import pytest
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


def model(provider: str, name: str = "talker") -> ChatOpenAI:
    return ChatOpenAI(model=f"{provider}:{name}", max_retries=0)


def test_chat_and_stream(provider: str) -> None:
    assert model(provider).invoke("Hi").content == "Hello there."
    assert "".join(str(c.content) for c in model(provider).stream("Hi")) == "Hello there."


@pytest.mark.parametrize("choice", ["auto", "required", "weather"])
def test_a_tool_is_called_and_its_result_goes_back(provider: str, choice: str) -> None:
    bound = model(provider).bind_tools([weather], tool_choice=choice)
    history: list[BaseMessage] = [HumanMessage("How is the weather?")]
    answer = bound.invoke(history)
    assert isinstance(answer, AIMessage)
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [
        ("weather", {"city": "Bonn"})
    ]
    result = ToolMessage("sunny", tool_call_id=answer.tool_calls[0]["id"])
    auto = model(provider).bind_tools([weather])
    assert auto.invoke([*history, answer, result]).content == "Hello there."


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_output_is_structured(provider: str, method: str) -> None:
    chain = model(provider).with_structured_output(Trip, method=method)
    assert chain.invoke("JSON, please: a trip to Bonn.") == Trip(city="Bonn", days=3)


def test_texts_are_embedded(provider: str) -> None:
    name = f"{provider}:embedder"
    embeddings = OpenAIEmbeddings(model=name, check_embedding_ctx_length=False)
    assert len(embeddings.embed_documents(["a", "b"])) == 2


def test_a_limit_is_a_typed_error(provider: str) -> None:
    with pytest.raises(openai.RateLimitError, match="try again in 2s"):
        model(provider, "busy").invoke("Hi")
