"""Anthropic's own client, in front of providers of OpenAI's and of Ollama's formats."""

from __future__ import annotations

import os
from typing import Any

import anthropic
import pytest

URL = os.environ["PORTAL_URL"]
HI: Any = [{"role": "user", "content": "Hi"}]
TOOL: Any = {"name": "weather", "description": "The weather of a city.", "input_schema":
             {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}  # fmt: skip
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # fmt: skip


@pytest.fixture
def client(token: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=URL, auth_token=token, api_key=None, max_retries=0)


def test_an_answer(client: anthropic.Anthropic, provider: str) -> None:
    answer = client.messages.create(model=f"{provider}:talker", max_tokens=50, messages=HI)
    assert [block.text for block in answer.content if block.type == "text"] == ["Hello there."]
    assert answer.stop_reason == "end_turn"
    assert answer.usage.input_tokens > 0
    assert answer._request_id


def test_a_stream(client: anthropic.Anthropic, provider: str) -> None:
    with client.messages.stream(model=f"{provider}:talker", max_tokens=50, messages=HI) as stream:
        assert "".join(stream.text_stream) == "Hello there."
        assert stream.get_final_message().usage.output_tokens > 0


@pytest.mark.parametrize("streams", [True, False])
def test_a_tool_is_called_and_its_result_taken(
    client: anthropic.Anthropic, provider: str, streams: bool
) -> None:
    asked: Any = {"model": f"{provider}:talker", "max_tokens": 50, "tools": [TOOL]}
    if streams:
        with client.messages.stream(**asked, messages=HI) as stream:
            answer: Any = stream.get_final_message()
    else:
        answer = client.messages.create(**asked, messages=HI)
    assert answer.stop_reason == "tool_use"
    call = answer.content[-1]
    assert (call.name, call.input) == ("weather", {"city": "Bonn"})
    picture = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    content = [{"type": "text", "text": "no"}]
    if provider == "oai":
        content.append({"type": "image", "source": picture})  # type: ignore[dict-item]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": content, "is_error": True}
    turns = [*HI, {"role": "assistant", "content": answer.content}, {"role": "user", "content": [result]}]  # fmt: skip
    asked["tool_choice"] = {"type": "none"}
    last: Any = client.messages.create(**asked, messages=turns).content[-1]
    assert last.text == "Hello there."


@pytest.mark.parametrize("streams", [True, False])
def test_the_tool_runner_sends_the_whole_conversation(
    client: anthropic.Anthropic, provider: str, streams: bool
) -> None:
    cities = []

    @anthropic.beta_tool
    def weather(city: str) -> str:
        """Return the weather of a city."""
        cities.append(city)
        return "sunny"

    runner = client.beta.messages.tool_runner(
        model=f"{provider}:talker", max_tokens=50, tools=[weather], messages=HI, stream=streams
    )
    answer: Any = runner.until_done()
    assert (answer.content[-1].text, cities) == ("Hello there.", ["Bonn"])


@pytest.mark.parametrize("streams", [True, False])
def test_thoughts_go_back(client: anthropic.Anthropic, provider: str, streams: bool) -> None:
    thinking: Any = {"type": "enabled", "budget_tokens": 1024}
    asked: Any = {"model": f"{provider}:thinker", "max_tokens": 2048, "thinking": thinking}
    if streams:
        with client.messages.stream(**asked, messages=HI) as stream:
            answer: Any = stream.get_final_message()
    else:
        answer = client.messages.create(**asked, messages=HI)
    assert [block.type for block in answer.content] == ["thinking", "text"]
    turns = [*HI, {"role": "assistant", "content": answer.content}, *HI]
    assert client.messages.create(**asked, messages=turns).stop_reason == "end_turn"


def test_the_beta_paths(client: anthropic.Anthropic, provider: str) -> None:
    answer = client.beta.messages.create(
        model=f"{provider}:talker", max_tokens=50, messages=HI, betas=["context-management-2025-06-27"],
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
    )  # fmt: skip
    assert answer.stop_reason == "end_turn"


def test_tokens_are_counted(client: anthropic.Anthropic, provider: str) -> None:
    counted = client.messages.count_tokens(model=f"{provider}:talker", messages=HI, tools=[TOOL])
    assert counted.input_tokens > 20


ERRORS: list[tuple[str, type[anthropic.APIStatusError]]] = [
    ("busy", anthropic.RateLimitError),
    ("broken", anthropic.InternalServerError),
]


@pytest.mark.parametrize(("model", "kind"), ERRORS)
def test_errors_are_the_clients_own(
    client: anthropic.Anthropic, provider: str, model: str, kind: type[anthropic.APIStatusError]
) -> None:
    with pytest.raises(kind) as caught:
        client.messages.create(model=f"{provider}:{model}", max_tokens=50, messages=HI)
    assert caught.value.request_id
    body: Any = caught.value.body
    assert body["error"]["code"].startswith("provider_")


def test_a_stream_that_breaks_off_is_an_error(client: anthropic.Anthropic, provider: str) -> None:
    with (
        pytest.raises(anthropic.APIStatusError),
        client.messages.stream(model=f"{provider}:broken", max_tokens=50, messages=HI) as stream,
    ):
        stream.until_done()


def test_the_models_are_listed(client: anthropic.Anthropic, provider: str) -> None:
    models = {model.id: model for model in client.models.list()}
    talker = models[f"{provider}:talker"]
    assert (talker.type, talker.display_name) == ("model", talker.to_dict()["name"])
    assert talker.created_at.year > 2000
    assert client.models.retrieve(talker.id) == talker
