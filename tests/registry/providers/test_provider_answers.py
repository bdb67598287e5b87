"""Odd servers behind a running portal: compression, sizes, late ends, fields that are refused."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from typing import Any

import pytest

from tests.registry.editing import wait_for
from tests.support.fake_provider import HANG, RESET, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import (
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
