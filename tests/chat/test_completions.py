"""Chat completions and embeddings over HTTP: answers, streams, and what is sent to providers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chat.completions import with_role
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    DONE,
    SSE_HEAD,
    chunk,
    completion,
    event,
    http,
    openai_stream,
)


def events(text: str) -> list[str]:
    return [
        part.removeprefix("data: ")
        for part in text.replace(": waiting\n", "").split("\n\n")
        if part.startswith("data: ")
    ]


def test_an_answer_has_its_resolution(portal: Portal) -> None:
    answer = portal.chat()
    assert answer.status_code == 200
    body = answer.json()
    assert body["choices"][0]["message"]["content"] == "Hello from the fake."
    assert body["resolution"] == {
        "provider": "fake",
        "name": "talker",
        "id": "fake:talker",
        "registry": True,
        "resolved_by": "default",
        "revision": portal.revision,
    }
    assert answer.headers["X-Revision"] == portal.revision
    assert answer.headers["X-Model"] == "fake:talker"
    assert answer.headers["X-Resolved-By"] == "default"
    assert answer.headers["X-Model-Listed"] == "true"


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_has_its_server_timing(portal: Portal, fake: FakeProvider, stream: bool) -> None:
    fake.script(0.3, SSE_HEAD + openai_stream("a") if stream else http(200, completion()))
    timing = portal.chat(stream=stream).headers["Server-Timing"]
    portal_ms, provider_ms = re.findall(r"dur=([\d.]+)", timing)
    assert timing == f"portal;dur={portal_ms}, provider;dur={provider_ms}"
    assert float(provider_ms) >= 300, "milliseconds"
    assert 0 < float(portal_ms) < 250
    text = portal.get("/metrics", who="olga").text
    assert 'portal_own_seconds_count{route="/v1/ai/chat/completion"}' in text


def test_an_unlisted_override_is_allowed_and_reported(portal: Portal, fake: FakeProvider) -> None:
    body = portal.chat(model="fake:whatever").json()
    assert body["resolution"]["registry"] is False
    assert body["resolution"]["resolved_by"] == "override"
    assert fake.posts[-1].body["model"] == "whatever"


def test_a_stream_is_events_and_then_done(portal: Portal) -> None:
    answer = portal.chat(stream=True)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["X-Accel-Buffering"] == "no"
    *chunks, last = events(answer.text)
    assert last == "[DONE]"
    first = json.loads(chunks[0])
    assert first["resolution"]["id"] == "fake:talker"
    words = [json.loads(c)["choices"][0]["delta"].get("content") or "" for c in chunks]
    assert "".join(words) == "Hello from the fake."


@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_usage_is_streamed_on_request(portal: Portal, model: str) -> None:
    with_usage = portal.chat(model=model, stream=True, stream_options={"include_usage": True})
    usage = [json.loads(e).get("usage") for e in events(with_usage.text)[:-1]]
    assert usage[-1]["total_tokens"] == 12
    without_usage = portal.chat(model=model, stream=True)
    assert all(json.loads(e)["choices"] for e in events(without_usage.text)[:-1])


def test_the_openai_path_has_no_resolution_in_its_chunks(portal: Portal) -> None:
    answer = portal.chat(path="/v1/chat/completions", stream=True)
    assert "resolution" not in answer.text
    assert answer.headers["X-Model"] == "fake:talker"


def test_ollama_answers_in_openais_form(portal: Portal, fake: FakeProvider) -> None:
    body = portal.chat(model="pond:frog", temperature=0, max_tokens=9).json()
    assert body["object"] == "chat.completion"
    assert body["choices"][0]["message"]["content"] == "Hello from the fake."
    assert body["usage"] == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    payload = fake.posts[-1].body
    assert payload["stream"] is False
    assert payload["keep_alive"] == "10m"
    assert payload["options"] == {"top_k": 5, "num_ctx": 8192, "temperature": 0, "num_predict": 9}


def test_unknown_fields_pass_through(portal: Portal, fake: FakeProvider) -> None:
    portal.chat(top_k=3, chat_template_kwargs={"thinking": False})
    payload = fake.posts[-1].body
    assert (payload["top_k"], payload["chat_template_kwargs"]) == (3, {"thinking": False})
    assert payload["temperature"] == 0.5, "the options of models.yaml are sent too"
    assert "model" in payload
    portal.chat(temperature=1.5)
    assert fake.posts[-1].body["temperature"] == 1.5, "the caller's field wins"


def test_a_callers_headers_are_not_forwarded(portal: Portal, fake: FakeProvider) -> None:
    portal.chat(headers={"X-Api-Key": "mine", "Cookie": "a=b", "X-Request-ID": "abc-1"})
    headers = fake.posts[-1].headers
    assert "cookie" not in headers
    assert "x-api-key" not in headers
    assert headers["x-request-id"] == "abc-1"
    assert headers["authorization"].startswith("Bearer sk-canary-")


def test_embeddings_come_as_numbers_or_base64(portal: Portal) -> None:
    body = {"input": ["a", "bcd"]}
    as_numbers = portal.post("/v1/embeddings", body).json()
    assert [row["embedding"] for row in as_numbers["data"]] == [
        [1.0, 0.5, -0.25],
        [3.0, 0.5, -0.25],
    ]
    assert as_numbers["resolution"]["id"] == "fake:embedder"
    as_base64 = portal.post("/v1/embeddings", {**body, "encoding_format": "base64"}).json()
    assert as_base64["data"][0]["embedding"] == "AACAPwAAAD8AAIC+"


def test_ollama_embeds_without_truncating(portal: Portal, fake: FakeProvider) -> None:
    body = portal.post("/v1/embeddings", {"input": "abc", "model": "pond:newt:1b"}).json()
    assert body["data"][0]["embedding"] == [3.0, 0.5, -0.25]
    assert fake.posts[-1].body["truncate"] is False


CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def test_tool_calls_and_formats_pass_through(portal: Portal, fake: FakeProvider) -> None:
    answer = completion()
    answer["choices"][0]["message"] = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    answer["choices"][0]["finish_reason"] = "tool_calls"
    fake.script(http(200, answer))
    fields: dict[str, Any] = {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "required",
             "response_format": {"type": "json_object"}, "parallel_tool_calls": False}  # fmt: skip
    body = portal.chat(**fields).json()
    assert {**body, "resolution": None} == {**answer, "resolution": None}
    assert fields.items() <= fake.posts[-1].body.items()


def test_streamed_tool_calls_pass_through(portal: Portal, fake: FakeProvider) -> None:
    part = chunk()
    part["choices"][0]["delta"] = {"role": "assistant", "tool_calls": [{"index": 0, **CALL}]}
    fake.script(SSE_HEAD + event(part) + event(chunk(finish="tool_calls")) + DONE)
    first, last, done = events(portal.chat(path="/v1/chat/completions", stream=True).text)
    assert json.loads(first) == part
    assert json.loads(last)["choices"][0]["finish_reason"] == "tool_calls"
    assert done == "[DONE]"


@pytest.mark.parametrize("path", ["/v1/ai/chat/completion", "/v1/chat/completions"])
@pytest.mark.parametrize(
    "delta", [{}, {"content": 'a "delta": {}'}, {"tool_calls": [{"index": 0, **CALL}]}]
)
def test_a_stream_has_a_role_if_its_provider_sends_none(
    portal: Portal, fake: FakeProvider, path: str, delta: dict[str, Any]
) -> None:
    before, first = {**chunk(), "choices": []}, chunk()
    first["choices"][0]["delta"] = delta
    fake.script(SSE_HEAD + event(before) + event(first), 0.1, openai_stream("b"))
    chunks = [json.loads(text) for text in events(portal.chat(path=path, stream=True).text)[:-1]]
    deltas = [choice["delta"] for part in chunks for choice in part["choices"]]
    assert deltas == [{"role": "assistant", **delta}, {"content": "b"}, {}]


def test_a_stream_with_a_role_is_relayed_as_it_is() -> None:
    for delta in (b'{"role":"assistant"}', b'{ "content": "a", "role" : "assistant" }'):
        data = b'data: {"choices":[{"index":0,"delta":' + delta + b"}]}\n\n"
        assert with_role(data) == data
