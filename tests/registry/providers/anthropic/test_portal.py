"""A provider of Anthropic's format behind a running portal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.conftest import copy_of
from tests.support import anthropic_messages as api
from tests.support.fake_provider import RESET, FakeProvider
from tests.support.portal import FAKE_KEY, LONG_TIMEOUTS, Portal
from tests.support.provider_messages import SSE_HEAD, http
from tests.support.socket_client import SocketClient

MODELS = """
models:
  defaults: {chat: "rock:slate"}
  rock:
    api: anthropic
    endpoint: http://127.0.0.1:${FAKE_PORT}
    api_key: ${FAKE_KEY}
    registry: {slate: {capabilities: [chat]}}
"""
THOUGHT = {"type": "thinking", "thinking": "Hmm.", "signature": "c2ln"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Bonn"}}
TOOL = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
}
REFUSAL = {"type": "error", "error": {"type": "invalid_request_error", "message":
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
    '"output_config.effort" to control thinking behavior.'}, "request_id": "req_1"}  # fmt: skip


@pytest.fixture(scope="module")
def rock(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal whose one provider speaks Anthropic's format."""
    portal = copy_of(portal_files, tmp_path_factory.mktemp("rock") / "portal")
    portal.models.write_text(MODELS)
    portal.variables |= LONG_TIMEOUTS
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def client(rock: Portal, fake: FakeProvider) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{rock.url}/v1", api_key=rock.tokens["ann"], max_retries=0)


def whole(*content: Any, **more: Any) -> bytes:
    return http(200, api.whole(*content, **more))


def test_a_whole_answer(rock: Portal, fake: FakeProvider) -> None:
    fake.script(whole({"type": "text", "text": "Hello"}))
    answer = rock.chat("Hi", max_tokens=9)
    assert answer.json()["choices"][0]["message"] == {"role": "assistant", "content": "Hello"}
    assert answer.json()["resolution"]["id"] == "rock:slate"
    asked = fake.posts[-1]
    assert asked.path == "/v1/messages"
    assert asked.body == {"model": "slate", "max_tokens": 9, "stream": False,
                          "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}  # fmt: skip


def test_the_key_is_sent_in_its_header_alone(rock: Portal, fake: FakeProvider) -> None:
    fake.script(whole({"type": "text", "text": "Hello"}))
    rock.chat()
    headers = fake.posts[-1].headers
    assert headers["x-api-key"] == FAKE_KEY
    assert headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in headers


def test_a_streamed_answer(client: openai.OpenAI, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + api.stream("Hel", "lo"))
    stream = client.chat.completions.create(
        model="", messages=[{"role": "user", "content": "Hi"}], stream=True,
        stream_options={"include_usage": True})  # fmt: skip
    chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 12


def test_a_raw_socket_relays_the_apis_own_events(rock: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + api.stream("Hello"))
    with SocketClient(rock, "/ws/raw/") as socket:
        frames = socket.ask()
    kinds = [json.loads(frame["data"])["type"] for frame in frames if frame["type"] == "event"]
    assert kinds[0] == "message_start"
    assert "content_block_delta" in kinds
    assert frames[-1]["usage"] == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


def test_tool_calls_with_thoughts_and_their_results(
    client: openai.OpenAI, fake: FakeProvider
) -> None:
    fake.script(whole(THOUGHT, USE, stop_reason="tool_use"))
    fake.script(whole({"type": "text", "text": "Sunny."}))
    messages: list[Any] = [{"role": "user", "content": "Weather?"}]
    asked: dict[str, Any] = {"model": "rock:slate", "tools": [TOOL], "reasoning_effort": "low"}
    message = client.chat.completions.create(messages=messages, **asked).choices[0].message
    assert message.tool_calls is not None
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "sunny"}
    messages += [message.model_dump(exclude_none=True), result]
    answer = client.chat.completions.create(messages=messages, **asked)
    assert answer.choices[0].message.content == "Sunny."
    sent = fake.posts[-1].body
    assert sent["messages"][1]["content"] == [THOUGHT, USE]
    assert sent["messages"][2]["content"][0]["tool_use_id"] == "toolu_1"
    assert sent["thinking"]["type"] == "enabled"


def test_streamed_thoughts_come_before_the_call(client: openai.OpenAI, fake: FakeProvider) -> None:
    events = api.thought(0, "Hmm.") + api.call(1, "weather", '{"city":"Bonn"}')
    fake.script(SSE_HEAD + api.begin() + events + api.ending("tool_use") + api.STOP)
    with client.chat.completions.stream(
        model="rock:slate", messages=[{"role": "user", "content": "Weather?"}]
    ) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.tool_calls is not None
    assert json.loads(message.tool_calls[0].function.arguments) == {"city": "Bonn"}
    dumped = message.model_dump()
    assert dumped["reasoning_content"] == "Hmm."
    assert dumped["thinking_blocks"] == [{"index": 0, **THOUGHT}]


def test_an_error_amid_the_answer(rock: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + api.begin() + api.words(0, "Hel"), 0.1, api.OVERLOADED)
    *_, error, _ = rock.chat(stream=True).text.split("\n\n")
    assert json.loads(error.removeprefix("data: "))["error"]["code"] == "overloaded"


def test_an_answer_that_breaks_off(rock: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + api.begin() + api.words(0, "Hel"), 0.1, RESET)
    assert '"error"' in rock.chat(stream=True).text
    fake.script(SSE_HEAD + api.begin() + api.words(0, "Hello") + api.ending(), 0.1, RESET)
    assert rock.chat(stream=True).text.endswith("data: [DONE]\n\n")


def test_a_refusal_keeps_the_providers_words(rock: Portal, fake: FakeProvider) -> None:
    error = {"type": "invalid_request_error", "message": "messages: roles must alternate"}
    fake.script(http(400, {"type": "error", "error": error}))
    answer = rock.chat()
    assert answer.status_code == 400
    assert answer.json()["error"]["provider"] == {
        "status": 400, "type": "invalid_request_error", "code": None, "param": None,
        "message": "messages: roles must alternate"}  # fmt: skip


def test_a_model_that_refuses_budgets_is_asked_again_with_an_effort(
    rock: Portal, fake: FakeProvider
) -> None:
    fake.script(http(400, REFUSAL))
    for _ in range(2):
        fake.script(whole({"type": "text", "text": "Hello"}))
        answer = rock.chat(model="rock:newer", reasoning_effort="high")
        assert answer.json()["choices"][0]["message"]["content"] == "Hello"
    thinking = [request.body["thinking"]["type"] for request in fake.posts]
    assert thinking == ["enabled", "adaptive", "adaptive"]
    assert fake.posts[-1].body["output_config"] == {"effort": "high"}


def test_what_is_dropped_is_reported(rock: Portal, fake: FakeProvider) -> None:
    fake.script(whole({"type": "text", "text": "Hello"}))
    answer = rock.chat(seed=4)
    assert answer.json()["resolution"]["dropped"] == ["seed"]
    assert answer.headers["X-Dropped"] == "seed"


def test_embeddings_are_refused(rock: Portal, fake: FakeProvider) -> None:
    answer = rock.post("/v1/embeddings", {"input": "x", "model": "rock:other"})
    assert answer.status_code == 400
    assert "no embeddings" in answer.json()["error"]["message"]
