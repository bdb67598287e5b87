"""The wire formats: building of requests and parsing of answers, without sockets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers import anthropic, ollama, openai
from registry.providers.events import Chunk
from registry.providers.wire import Target
from tests.registry.providers.streams import STAMP, TARGET, run
from tests.support.provider_messages import line, ollama_line


def target(**more: Any) -> Target:
    return Target("p", "m", "http://h", {}, **more)


def body_of(request: Any) -> Any:
    return json.loads(request.body)


@pytest.mark.parametrize("wire", [openai, ollama])
def test_the_key_is_a_bearer_token(wire: Any) -> None:
    assert wire.headers("k") == {"Authorization": "Bearer k"}
    assert wire.headers("") == {}


# ── Requests ────────────────────────────────────────────────────────────────────────────────

MESSAGES = [{"role": "user", "content": "hi"}]


def test_openais_request_is_the_callers_body_with_the_models_name() -> None:
    body = {"messages": MESSAGES, "temperature": 1, "top_k": 3}
    request = openai.chat(target(options={"temperature": 0, "seed": 4}), body)
    assert request.url == "http://h/chat/completions"
    assert body_of(request) == {
        "messages": MESSAGES,
        "temperature": 1,
        "top_k": 3,
        "seed": 4,
        "model": "m",
        "stream": False,
    }


def test_usage_is_always_requested_of_a_stream() -> None:
    body = {"messages": MESSAGES, "stream": True, "stream_options": {"include_obfuscation": False}}
    assert body_of(openai.chat(TARGET, body))["stream_options"] == {
        "include_obfuscation": False, "include_usage": True}  # fmt: skip


def test_options_are_renamed_for_ollama() -> None:
    body = {
        "messages": MESSAGES, "stream": True, "temperature": 0.1, "top_p": 0.9, "seed": 1, "stop": "x",
        "max_completion_tokens": 5, "presence_penalty": 0.2, "frequency_penalty": 0.3,
        "reasoning_effort": "low", "logprobs": True, "top_logprobs": 2,
    }  # fmt: skip
    payload = body_of(
        ollama.chat(target(context_window=9, options={"think": True, "mirostat": 1}), body)
    )
    assert payload == {
        "model": "m", "messages": MESSAGES, "stream": True, "think": "low", "logprobs": True,
        "top_logprobs": 2,
        "options": {"num_ctx": 9, "mirostat": 1, "temperature": 0.1, "top_p": 0.9, "seed": 1,
                    "stop": ["x"], "num_predict": 5, "presence_penalty": 0.2, "frequency_penalty": 0.3},
    }  # fmt: skip


def test_stream_is_always_sent_to_ollama() -> None:
    assert body_of(ollama.chat(TARGET, {"messages": MESSAGES}))["stream"] is False


@pytest.mark.parametrize(
    ("response_format", "expected"),
    [({"type": "text"}, None), ({"type": "json_object"}, "json"), (None, None),
     ({"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}},
      {"type": "object"})],
)  # fmt: skip
def test_a_response_format_becomes_ollamas(response_format: Any, expected: Any) -> None:
    body = {"messages": MESSAGES, "response_format": response_format}
    assert body_of(ollama.chat(TARGET, body)).get("format") == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [("n", 2), ("logit_bias", {"1": 2}), ("functions", [{}]), ("grammar", "root ::= x"),
     ("modalities", ["audio"]), ("audio", {}), ("guided_choice", ["a"]), ("regex", "a+"),
     ("response_format", {"type": "grammar"}), ("web_search_options", {})],
)  # fmt: skip
def test_options_that_ollama_lacks_are_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(PortalError) as caught:
        ollama.fit({"messages": MESSAGES, field: value})
    assert (caught.value.code, caught.value.param) == ("invalid_request", field)


@pytest.mark.parametrize(
    ("field", "value"),
    [("user", "u"), ("metadata", {"a": "b"}), ("store", True), ("service_tier", "auto"), ("n", 1),
     ("safety_identifier", "x"), ("prompt_cache_key", "x"), ("parallel_tool_calls", True),
     ("stream_options", {"include_usage": True}), ("tool_choice", "auto"), ("logit_bias", None)],
)  # fmt: skip
def test_options_without_effect_are_dropped_for_ollama(field: str, value: Any) -> None:
    without_option = body_of(ollama.chat(TARGET, {"messages": MESSAGES}))
    assert body_of(ollama.chat(TARGET, {"messages": MESSAGES, field: value})) == without_option


def test_ollamas_tool_calls_are_in_openais_form_both_ways() -> None:
    arguments = {"city": "Bonn"}
    answer = ollama_line(done=True)
    answer["message"]["tool_calls"] = [{"function": {"name": "weather", "arguments": arguments}}]
    choice = ollama.read_chat(json.dumps(answer).encode(), STAMP)["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    (call,) = choice["message"]["tool_calls"]
    assert call == {"id": "call_1_0", "type": "function",
                    "function": {"name": "weather", "arguments": '{"city":"Bonn"}'}}  # fmt: skip
    result = {"role": "tool", "tool_call_id": call["id"], "content": "sunny"}
    back = body_of(ollama.chat(TARGET, {"messages": [*MESSAGES, choice["message"], result]}))
    assert back["messages"][1]["tool_calls"] == [
        {"function": {"name": "weather", "arguments": arguments}}
    ]
    assert back["messages"][2] == {"role": "tool", "content": "sunny", "tool_name": "weather"}


def test_streamed_tool_calls_are_numbered_consecutively() -> None:
    call = {"function": {"name": "f", "arguments": {}}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    events = run(
        "ollama", [line(ollama_line(message=message))] * 2 + [line(ollama_line(done=True))]
    )
    chunks = [json.loads(e.data[6:])["choices"] for e in events if isinstance(e, Chunk)]
    calls = [c[0]["delta"]["tool_calls"][0] for c in chunks if c and "tool_calls" in c[0]["delta"]]
    assert [(c["index"], c["id"]) for c in calls] == [(0, "call_1_0"), (1, "call_1_1")]
    assert chunks[-2][0]["finish_reason"] == "tool_calls"


def test_parts_become_text_and_images() -> None:
    parts = [{"type": "text", "text": "What"}, {"type": "text", "text": "is this?"},
             {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}]  # fmt: skip
    body = {"messages": [{"role": "user", "content": parts}, {"role": "developer", "content": "x"}]}
    messages = body_of(ollama.chat(TARGET, body))["messages"]
    assert messages[0] == {"role": "user", "content": "What\nis this?", "images": ["aGk="]}
    assert messages[1]["role"] == "system"


@pytest.mark.parametrize("url", ["data:image/png,raw", "data:image/png;base64,%%%", "data:"])
def test_an_image_that_is_not_base64_is_refused(url: str) -> None:
    content = [{"type": "image_url", "image_url": {"url": url}}]
    with pytest.raises(PortalError, match="base64"):
        ollama.chat(TARGET, {"messages": [{"role": "user", "content": content}]})


def test_raw_completions_are_requested_without_a_template() -> None:
    body = {"prompt": "p", "max_tokens": 3, "stop": [";"]}
    request = ollama.completion(TARGET, body)
    assert (request.url, body_of(request)) == (
        "http://h/api/generate",
        {"model": "m", "prompt": "p", "raw": True, "stream": False,
         "options": {"num_predict": 3, "stop": [";"]}})  # fmt: skip
    request = openai.completion(TARGET, body)
    expected = {**body, "model": "m", "stream": False}
    assert (request.url, body_of(request)) == ("http://h/completions", expected)


def test_absent_counts_are_null() -> None:
    answer = ollama_line("x", done=True)
    del answer["prompt_eval_count"]
    usage = ollama.read_chat(json.dumps(answer).encode(), STAMP)["usage"]
    assert usage == {"prompt_tokens": None, "completion_tokens": 5, "total_tokens": None}
    del answer["eval_count"]
    assert ollama.read_chat(json.dumps(answer).encode(), STAMP)["usage"] is None


ANSWERS = [b"", b"null", b"[]", b"<html>", b"{}", b'{"choices": []}', b'{"choices": [1]}',
           b'{"choices": [{"message": null}]}', b"[" * 5000]  # fmt: skip


@pytest.mark.parametrize("data", ANSWERS, ids=lambda data: data[:20].decode() or "empty")
@pytest.mark.parametrize("parse", [openai.read_chat, ollama.read_chat, anthropic.read_chat])
def test_an_answer_of_an_unknown_form_is_a_bad_response(parse: Any, data: bytes) -> None:
    with pytest.raises(PortalError) as caught:
        parse(data, STAMP)
    assert caught.value.code == "provider_bad_response"


def test_lists_of_models_are_read() -> None:
    assert openai.read_models(b'{"data": [{"id": "a"}, {"no": 1}]}') == ["a"]
    assert ollama.read_models(b'{"models": [{"name": "a:1b", "model": "a:1b"}]}') == ["a:1b"]
    assert anthropic.read_models(
        b'{"data": [{"type": "model", "id": "a"}], "has_more": false}'
    ) == ["a"]
    for parse in (openai.read_models, ollama.read_models, anthropic.read_models):
        with pytest.raises(PortalError, match="lists no models"):
            parse(b"{}")
