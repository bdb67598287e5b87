"""Ollama's clients: the official one, and LangChain's."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama, OllamaEmbeddings, OllamaLLM
from ollama import AsyncClient, Client, ResponseError
from pydantic import BaseModel

HOST = os.environ["PORTAL_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['PORTAL_TOKEN']}"}
MESSAGES = [{"role": "user", "content": "How is the weather?"}]


class Trip(BaseModel):
    """Where to, and for how long."""

    city: str
    days: int


def weather(city: str) -> str:
    """Return the weather of a city.

    Args:
      city: The city.
    """
    return f"sunny in {city}"


@pytest.fixture
def client() -> Client:
    return Client(host=HOST, headers=HEADERS)


def test_chat_and_stream(client: Client, provider: str) -> None:
    model = f"{provider}:talker"
    answer = client.chat(
        model, MESSAGES, options={"num_ctx": 4096, "temperature": 0}, keep_alive="5m"
    )
    assert answer.message.content == "Hello there."
    assert (answer.done_reason, answer.eval_count) == ("stop", 5)
    chunks = list(client.chat(model, MESSAGES, stream=True))
    assert "".join(chunk.message.content or "" for chunk in chunks) == "Hello there."
    assert chunks[-1].done


def test_the_token_is_read_from_the_environment(monkeypatch: Any, provider: str) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", os.environ["PORTAL_TOKEN"])
    assert Client(host=HOST).chat(f"{provider}:talker:latest", MESSAGES).message.content


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_is_called_and_its_result_goes_back(
    client: Client, provider: str, stream: bool
) -> None:
    model, history = f"{provider}:talker", list[Any](MESSAGES)
    asked = client.chat(model, history, tools=[weather], stream=stream)
    messages = [part.message for part in asked] if stream else [asked.message]
    called = next(message for message in messages if message.tool_calls)
    function = called.tool_calls[0].function
    assert (function.name, function.arguments) == ("weather", {"city": "Bonn"})
    result = {"role": "tool", "tool_name": "weather", "content": weather(**function.arguments)}
    again = client.chat(model, [*history, called, result], tools=[weather])
    assert again.message.content == "Hello there."


def test_output_is_structured(client: Client, provider: str) -> None:
    schema = Trip.model_json_schema()
    answer = client.chat(f"{provider}:talker", MESSAGES, format=schema)
    assert Trip.model_validate_json(answer.message.content or "") == Trip(city="Bonn", days=3)


def test_a_prompt_is_answered(client: Client, provider: str) -> None:
    model = f"{provider}:talker"
    assert client.generate(model, "Hi").response == "Hello there."
    parts = client.generate(model, "Hi", stream=True, system="Be brief.")
    assert "".join(part.response or "" for part in parts) == "Hello there."
    assert client.generate(model, "SELECT", raw=True).response == "SELECT 1"
    assert client.generate(model).done_reason == "load"


def test_texts_are_embedded(client: Client, provider: str) -> None:
    model = f"{provider}:embedder"
    assert len(client.embed(model, ["a", "b"]).embeddings) == 2
    assert len(client.embeddings(model, "a").embedding) == 3


def test_the_models_are_listed_and_shown(client: Client, provider: str) -> None:
    assert f"{provider}:talker" in [model.model for model in client.list().models]
    shown = client.show(f"{provider}:talker")
    assert shown.capabilities == ["completion", "tools"]
    assert shown.modelinfo
    assert list(client.ps().models) == []


def test_errors_have_words_and_a_status(client: Client, provider: str) -> None:
    with pytest.raises(ResponseError, match="try again in 2s") as caught:
        client.chat(f"{provider}:busy", MESSAGES)
    assert caught.value.status_code == 429
    with pytest.raises(ResponseError, match=r"models\.yaml"):
        client.pull("x")
    with pytest.raises(ResponseError, match="broke off"):
        list(client.chat(f"{provider}:broken", MESSAGES, stream=True))
    with pytest.raises(ResponseError, match="token"):
        Client(host=HOST).list()


def test_asynchronously(provider: str) -> None:
    async def ask() -> str:
        client = AsyncClient(host=HOST, headers=HEADERS)
        parts = await client.chat(f"{provider}:talker", MESSAGES, stream=True)
        return "".join([part.message.content or "" async for part in parts])

    assert asyncio.run(ask()) == "Hello there."


def model(provider: str, **more: Any) -> ChatOllama:
    return ChatOllama(
        model=f"{provider}:talker", base_url=HOST, client_kwargs={"headers": HEADERS}, **more
    )


def test_langchain_chats_and_streams(provider: str) -> None:
    chat = model(provider, validate_model_on_init=True, num_ctx=4096)
    answer = chat.invoke("Hi")
    assert answer.content == "Hello there."
    assert answer.usage_metadata
    assert answer.usage_metadata["total_tokens"] == 12
    assert "".join(str(chunk.content) for chunk in chat.stream("Hi")) == "Hello there."


def test_langchain_calls_a_tool(provider: str) -> None:
    chat = model(provider).bind_tools([tool(weather)])
    history: list[Any] = [HumanMessage("How is the weather?")]
    answer = chat.invoke(history)
    assert isinstance(answer, AIMessage)
    assert [(c["name"], c["args"]) for c in answer.tool_calls] == [("weather", {"city": "Bonn"})]
    result = ToolMessage("sunny", tool_call_id=answer.tool_calls[0]["id"])
    assert chat.invoke([*history, answer, result]).content == "Hello there."


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_langchains_output_is_structured(provider: str, method: Any) -> None:
    chain = model(provider).with_structured_output(Trip, method=method)
    assert chain.invoke("JSON, please: a trip to Bonn.") == Trip(city="Bonn", days=3)


def test_langchain_embeds_and_completes(provider: str) -> None:
    options: dict[str, Any] = {"base_url": HOST, "client_kwargs": {"headers": HEADERS}}
    embeddings = OllamaEmbeddings(model=f"{provider}:embedder", **options)
    assert len(embeddings.embed_documents(["a", "b"])) == 2
    assert OllamaLLM(model=f"{provider}:talker", **options).invoke("Hi") == "Hello there."
