"""Invalid frames from clients, and invalid values from providers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    WORDS,
    chunk,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)
from tests.support.socket_client import (
    SocketClient,
    closing_code,
    code_after_flood,
    kinds_of,
    text_of,
)

# ── Invalid frames ──────────────────────────────────────────────────────────────────────────────

INVALID_FRAMES: dict[str, Any] = {
    "not JSON": "hello",
    "an array": "[]",
    "a number": "5",
    "deep": "[" * 100_000,
    "deep in an object": '{"type": "ask", "id": ' + "[" * 20_000,
    "binary": b'{"type": "ask"}',
    "without a type": '{"id": "1"}',
    "unknown type": '{"type": "websocket.disconnect", "id": "1"}',
    "a type that is not text": '{"type": ["ask"], "id": "1"}',
    "without content": '{"type": "ask", "id": "1"}',
    "empty content": '{"type": "ask", "id": "1", "content": "  "}',
    "without an id": '{"type": "ask", "content": "x"}',
    "an id that is a number": '{"type": "ask", "id": 1, "content": "x"}',
    "an unknown field": '{"type": "ask", "id": "1", "content": "x", "modle": "y"}',
    "a conversation that is not an ID": '{"type": "ask", "id": "1", "content": "x", "conversation": "1"}',
    "a key twice": '{"type": "stop", "id": "1", "id": "2"}',
    "half a character": '{"type": "ask", "id": "1", "content": "\\ud800"}',
    "NUL": '{"type": "ask", "id": "1", "content": "a\\u0000b"}',
    "a number out of bounds": '{"type": "ack", "id": "1", "seq": 1e999}',
    "retry and edit": '{"type": "ask", "id": "1", "content": "x", "retry_of": 1, "edit_of": 1}',
}


@pytest.mark.parametrize("frame", INVALID_FRAMES.values(), ids=INVALID_FRAMES)
def test_an_invalid_frame_is_an_error_and_the_socket_stays_open(
    talking: SocketClient, fake: FakeProvider, frame: str | bytes
) -> None:
    talking.link.send(frame)
    error = talking.receive()
    assert error["type"] == "error"
    assert error["error"]["code"] == "invalid_request"
    assert fake.posts == []
    assert talking.ask()[-1]["type"] == "done"


def test_an_error_has_the_id_of_its_frame_if_it_is_readable(talking: SocketClient) -> None:
    talking.send(type="nonsense", id="mine")
    assert talking.receive()["id"] == "mine"
    talking.link.send("{")
    assert talking.receive()["id"] is None


def test_an_oversize_frame_is_an_error_and_the_socket_stays_open(talking: SocketClient) -> None:
    talking.begin("x" * 600_000)
    assert talking.receive()["error"]["code"] == "payload_too_large"
    assert talking.ask()[-1]["type"] == "done"


def test_a_run_of_invalid_frames_closes_the_socket(talking: SocketClient) -> None:
    for _ in range(9):
        talking.link.send("{")
    talking.send(type="stop", id="x")  # a valid frame between them
    for _ in range(10):
        talking.link.send("{")
    assert closing_code(talking) == 4400


def test_a_flood_of_frames_closes_the_socket(portal: Portal) -> None:
    with SocketClient(portal) as chat:
        assert code_after_flood(chat, 3000, type="stop", id="x") in (4400, 1006)
    with SocketClient(portal) as next_chat:
        assert next_chat.ask()[-1]["type"] == "done"


# ── Failures ────────────────────────────────────────────────────────────────────────────────


def test_a_failure_before_the_first_token_is_an_error_frame(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(http(500, {"error": {"message": "the model burnt"}}))
    frames = talking.ask()
    assert frames[-1]["error"]["code"] == "provider_error"
    assert "the model burnt" in frames[-1]["error"]["message"]
    assert frames[-1]["error"]["resolution"]["id"] == "fake:talker"
    assert "done" not in kinds_of(frames)


INVALID_VALUES = {
    "NaN in usage": '{"choices": [], "usage": {"prompt_tokens": NaN}}',
    "a number too large": '{"choices": [], "usage": {"prompt_tokens": 1e999}}',
    "half a character in usage": '{"choices": [], "usage": {"x": "\\ud800", "prompt_tokens": 3}}',
    "NUL in usage": '{"choices": [], "usage": {"x": "\\u0000", "prompt_tokens": 3}}',
    "a huge usage": '{"choices": [], "usage": {"x": "' + "y" * 1_200_000 + '", "prompt_tokens": 3}}',
    "a huge delta": json.dumps(chunk("\x01" * 600_000)),
}  # fmt: skip


@pytest.mark.parametrize("value", INVALID_VALUES.values(), ids=INVALID_VALUES)
def test_invalid_values_of_a_provider_are_sanitised(
    talking: SocketClient, fake: FakeProvider, value: str
) -> None:
    end = event(chunk(finish="stop")) + b"data: [DONE]\n\n"
    fake.script(SSE_HEAD + event(chunk("Text")) + f"data: {value}\n\n".encode() + end)
    frames = talking.ask()
    assert frames[-1]["type"] == "done"
    assert text_of(frames).startswith("Text")


@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_a_lone_surrogate_in_a_finish_reason_is_replaced(
    talking: SocketClient, fake: FakeProvider, model: str
) -> None:
    half = "\ud800"
    ends = {"fake:talker": SSE_HEAD + json_event(chunk(finish=half)) + b"data: [DONE]\n\n",
            "pond:frog": NDJSON_HEAD + json_line(ollama_line(done=True, done_reason=half))}  # fmt: skip
    fake.script(ends[model])
    assert talking.ask(model=model)[-1]["type"] in ("done", "error")


def json_event(value: Any) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def json_line(value: Any) -> bytes:
    return f"{json.dumps(value)}\n".encode()


def test_stop_after_the_last_token_keeps_the_answer_complete(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + openai_stream("All."), HANG)
    talking.begin()
    talking.until("delta")
    talking.send(type="stop", id="1")
    assert talking.until("done")[-1]["finish_reason"] == "stop"


def test_an_answer_that_breaks_off_is_an_error_after_its_text(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("Half an")))
    frames = talking.ask()
    assert text_of(frames) == "Half an"
    assert frames[-1]["error"]["code"] == "provider_bad_response"


def test_a_loading_model_is_retried(talking: SocketClient, fake: FakeProvider) -> None:
    loading = http(503, {"error": {"message": "Loading model", "type": "unavailable_error"}})
    fake.script(loading)
    frames = talking.ask(model="fake:patient")
    assert [f["state"] for f in frames if f["type"] == "status"] == ["waiting", "loading"]
    assert text_of(frames) == "".join(WORDS)


def test_loading_is_reported_for_ollama(talking: SocketClient, fake: FakeProvider) -> None:
    answer = b"".join([line(ollama_line("Hi")), line(ollama_line(done=True))])
    fake.script(1.6, NDJSON_HEAD + answer)
    frames = talking.ask(model="pond:frog")
    assert [f["state"] for f in frames if f["type"] == "status"] == ["waiting", "loading"]
    assert text_of(frames) == "Hi"


# ── What to wait for ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/raw/"])
def test_an_error_says_how_long_to_wait(portal: Portal, fake: FakeProvider, path: str) -> None:
    fake.script(http(429, {"error": {"message": "Slow down."}}, Retry_After="7"))
    with SocketClient(portal, path) as client:
        assert client.ask()[-1]["error"]["retry_after"] == 7
        assert client.ask(content=" ")[-1]["error"]["retry_after"] is None


def test_a_page_reads_an_error_in_its_language_and_programs_in_english(
    talking: SocketClient, fake: FakeProvider
) -> None:
    fake.script(http(500, {"error": {"message": "It is hot."}}))
    error = talking.ask(render=True, language="de")[-1]["error"]
    assert error["plain"]["sentence"] == "The talker funktioniert im Moment nicht."
    assert error["message"] == "fake failed: It is hot."
    talking.send(type="ask", id="2", content="Hello?", language="xx")
    assert talking.receive()["error"]["code"] == "invalid_request"
