"""Odd servers behind a running portal: compression, sizes, late ends, fields that are refused."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import Any

import pytest

from registry.providers.openai.values import text_of
from tests.registry.editing import wait_for
from tests.registry.providers import odd_streams
from tests.registry.providers.streams import HARD, OLLAMA_STREAM
from tests.support.fake_provider import HANG, RESET, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import (
    DONE,
    SSE_HEAD,
    chunk,
    completion,
    event,
    http,
    openai_stream,
)

ANSWER = json.dumps(completion("Hello")).encode()
REFUSAL = {"error": {"message": "Unknown field: stream_options", "type": "invalid_request_error"}}
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_compressed_answer_is_read(
    portal: Portal, fake: FakeProvider, encoding: str, compress: Any
) -> None:
    """Some gateways compress, whatever a request accepts."""
    fake.script(http(200, compress(ANSWER), Content_Encoding=encoding))
    assert portal.chat().json()["choices"][0]["message"]["content"] == "Hello"
    stream = compress(openai_stream("Hel", "lo"))
    fake.script(http(200, stream, "text/event-stream", Content_Encoding=encoding))
    assert portal.chat(stream=True).text.endswith("data: [DONE]\n\n")
    refusal = compress(json.dumps({"error": {"message": "not so"}}).encode())
    fake.script(http(400, refusal, Content_Encoding=encoding))
    assert "not so" in portal.chat().json()["error"]["message"]


STREAMS = {
    **{
        name: odd_streams.TEXTS[name] for name in ("no space", "comments", "lines", "parts", "bare")
    },
    "plain": openai_stream("Hel", "lo"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_without_a_request_is_a_whole_answer(
    portal: Portal, fake: FakeProvider, name: str
) -> None:
    """Some servers stream whatever the request says (9router, older Unsloth, Open WebUI)."""
    fake.script(http(200, STREAMS[name], "text/event-stream"))
    answer = portal.chat().json()
    (choice,) = answer["choices"]
    assert answer["object"] == "chat.completion"
    assert text_of(choice["message"]["content"]) == "Hello"
    assert choice["finish_reason"] == "stop"
    if name == "plain":
        assert answer["usage"]["total_tokens"] == 12


@pytest.mark.parametrize("name", ["plain", "index 0 for each", "another ID for each piece"])
def test_streamed_tool_calls_are_whole_calls(portal: Portal, fake: FakeProvider, name: str) -> None:
    data, expected = odd_streams.TOOLS[name]
    fake.script(http(200, data, "text/event-stream"))
    (choice,) = portal.chat().json()["choices"]
    functions = [call["function"] for call in choice["message"]["tool_calls"]]
    assert [(f["name"], f["arguments"]) for f in functions] == expected
    assert all(call["id"] and "index" not in call for call in choice["message"]["tool_calls"])


def test_a_stream_of_ollamas_is_a_whole_answer_too(portal: Portal, fake: FakeProvider) -> None:
    fake.script(http(200, OLLAMA_STREAM, "application/x-ndjson"))
    (choice,) = portal.chat(model="pond:frog").json()["choices"]
    assert choice["message"] == {"role": "assistant", "content": f"Hello{HARD}"}


def test_a_stream_without_a_request_and_that_breaks_off_is_an_error(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(http(200, event(chunk("Hello")), "text/event-stream"))
    error = portal.chat().json()["error"]
    assert "broke off" in error["message"]
    data, code, words = odd_streams.ERRORS["code as a number"]
    fake.script(http(200, data, "text/event-stream"))
    error = portal.chat().json()["error"]
    assert error["code"] == code
    assert words in error["message"]


ODD_USAGE = {"prompt_tokens": "7", "completion_tokens": 5.0, "total_tokens": "12",
             "prompt_tokens_details": {"cached_tokens": "3"}, "cost": 0.1}  # fmt: skip
USAGE_IN_NUMBERS = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12,
                    "prompt_tokens_details": {"cached_tokens": 3}, "cost": 0.1}  # fmt: skip


def test_counts_that_are_text_become_numbers(portal: Portal, fake: FakeProvider) -> None:
    """Typed clients decode them as whole numbers."""
    fake.script(http(200, completion("Hello", usage=ODD_USAGE)))
    assert portal.chat().json()["usage"] == USAGE_IN_NUMBERS
    fake.script(http(200, completion("Hello", usage="none")))
    assert portal.chat().json()["usage"] is None
    stream = openai_stream("Hello", usage=False).removesuffix(DONE)
    fake.script(SSE_HEAD + stream + event({**chunk(), "choices": [], "usage": ODD_USAGE}) + DONE)
    answer = portal.chat(stream=True, stream_options={"include_usage": True}).text
    last = answer.removesuffix("data: [DONE]\n\n").strip().split("\n\n")[-1]
    assert json.loads(last.removeprefix("data: "))["usage"] == USAGE_IN_NUMBERS
    rows = [{"object": "embedding", "index": 0, "embedding": [1.0]}]
    fake.script(http(200, {"data": rows, "usage": ODD_USAGE}))
    body = {"model": "fake:vectors", "input": "x"}
    assert portal.post("/v1/embeddings", body).json()["usage"] == USAGE_IN_NUMBERS


def test_a_count_of_hundreds_of_digits_is_none(portal: Portal, fake: FakeProvider) -> None:
    fake.script(
        http(200, completion("Hello", usage={**USAGE_IN_NUMBERS, "prompt_tokens": 10**400}))
    )
    answer = portal.chat()
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == "Hello"


ODD_MESSAGES = [
    ({"content": 42}, "stop", {"content": "42"}),
    ({"content": {"type": "text", "text": "Hello"}}, "STOP", {"content": "Hello"}),
    ({"content": "Hello", "reasoning_content": {"text": "hm"}, "refusal": {}}, "eos_token",
     {"content": "Hello", "reasoning_content": "hm", "refusal": None}),
]  # fmt: skip


@pytest.mark.parametrize(("message", "reason", "expected"), ODD_MESSAGES)
def test_odd_values_of_a_whole_answer_are_read(
    portal: Portal, fake: FakeProvider, message: Any, reason: str, expected: Any
) -> None:
    body = {"choices": [{"message": message, "finish_reason": reason}], "error": {"message": ""}}
    for data in (body, json.dumps(body)):  # some gateways encode it twice
        fake.script(http(200, data))
        (choice,) = portal.chat().json()["choices"]
        assert choice["message"] == {"role": "assistant", **expected}
        assert choice["finish_reason"] == "stop"
        assert choice.get("native_finish_reason") == (None if reason == "stop" else reason)


def test_an_answer_without_a_role_is_the_assistants(portal: Portal, fake: FakeProvider) -> None:
    fake.script(
        http(200, {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]})
    )
    (choice,) = portal.chat().json()["choices"]
    assert choice["message"] == {"role": "assistant", "content": "Hello"}
    assert choice["index"] == 0


def test_an_answer_that_unpacks_to_far_more_is_refused(portal: Portal, fake: FakeProvider) -> None:
    fake.script(http(200, gzip.compress(b" " * 60 * MIB + ANSWER), Content_Encoding="gzip"))
    assert portal.chat().json()["error"]["code"] == "provider_bad_response"


@pytest.mark.parametrize("head", [b'{"choices": [', b"data: {", b"data: 1\ndata: "])
def test_a_record_over_32_mib_is_refused_on_its_way(
    own_portal: Portal, fake: FakeProvider, head: bytes
) -> None:
    """An answer that is not streamed, a line, and an event of several lines."""
    own_portal.variables |= LONG_TIMEOUTS
    own_portal.start()
    fake.script(SSE_HEAD + head, *[b"x" * MIB] * 33, HANG)
    answer = own_portal.chat(stream=True)
    assert "over 32 MiB" in answer.text
    assert fake.wait_for_post().peer_closed.wait(5)


@pytest.mark.parametrize("after", [HANG, RESET])
@pytest.mark.parametrize("end", ["[DONE]", "a finish reason"])
def test_a_finished_stream_is_complete_whatever_follows(
    portal: Portal, fake: FakeProvider, after: str, end: str
) -> None:
    """Servers that keep the connection open, or drop it, after the last event."""
    data = openai_stream("Hello") if end == "[DONE]" else event(chunk("Hello", "stop"))
    fake.script(SSE_HEAD + data, 0.1, after)
    started = time.monotonic()
    answer = portal.chat(stream=True)
    assert "Hello" in answer.text
    assert answer.text.endswith("data: [DONE]\n\n")
    assert time.monotonic() - started < 4


def test_a_field_that_a_server_refuses_is_left_out_from_then_on(
    own_portal: Portal, fake: FakeProvider
) -> None:
    """Mistral of 2025 and others refuse stream_options, which the caller did not send."""
    own_portal.start()
    fake.script(http(422, REFUSAL))
    assert own_portal.chat(stream=True).text.endswith("data: [DONE]\n\n")
    chats = [post.body for post in fake.posts if post.body.get("messages")]
    assert ["stream_options" in body for body in chats] == [True, False]
    fake.reset()
    assert own_portal.chat(stream=True).text.endswith("data: [DONE]\n\n")
    (post,) = [post for post in fake.posts if post.body.get("messages")]
    assert "stream_options" not in post.body


@pytest.mark.parametrize("path", ["/v1/ai/chat/completion", "/v1/chat/completions"])
def test_a_callers_field_that_is_left_out_with_ours_is_reported(
    own_portal: Portal, fake: FakeProvider, path: str
) -> None:
    own_portal.start()
    fake.script(http(422, REFUSAL))
    for _ in range(2):  # the model refuses it, and is then known to do so
        answer = own_portal.chat(path=path, stream=True, stream_options={"include_usage": True})
        assert answer.headers["X-Dropped"] == "stream_options"
        assert ('"dropped":["stream_options"]' in answer.text) == ("/ai/" in path)
    assert "X-Dropped" not in own_portal.chat(path=path, stream=True).headers


def test_a_report_that_is_too_late_for_the_headers_is_in_the_first_chunk(
    own_portal: Portal, fake: FakeProvider
) -> None:
    own_portal.variables |= {"HEARTBEAT_SECONDS": "0.1"}
    own_portal.start()
    fake.script(0.5, http(422, REFUSAL))
    answer = own_portal.chat(
        path="/v1/chat/completions", stream=True, stream_options={"include_usage": True}
    )
    assert answer.text.startswith(": waiting")
    assert '"dropped":["stream_options"]' in answer.text


def test_only_a_field_that_was_added_is_taken_back(own_portal: Portal, fake: FakeProvider) -> None:
    """A refusal may name all fields that a server knows."""
    own_portal.start()
    fake.script(http(422, REFUSAL))
    assert own_portal.chat().status_code == 400
    assert len(fake.posts) == 1
    fake.script(http(422, REFUSAL))
    fake.script(http(422, REFUSAL))
    assert own_portal.chat(stream=True).status_code == 400, "it was not the field"
    own_portal.chat(stream=True)
    assert "stream_options" in fake.posts[-1].body


@pytest.mark.parametrize("status", [403, 404, 405])
def test_a_provider_without_a_list_of_models_is_healthy(
    own_portal: Portal, fake: FakeProvider, status: int
) -> None:
    """Perplexity, Workers AI and Azure's deployments list nothing; some keys may not list."""
    fake.answers["/v1/models"] = http(status, {"error": {"message": "Not Found"}})
    own_portal.start()
    body = wait_for(own_portal, lambda body: body["health"]["fake"]["status"] != "unknown")
    assert body["health"]["fake"]["status"] == "healthy"
    assert body["health"]["fake"]["detail"] == "It does not list its models."
