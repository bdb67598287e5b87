"""Faults of providers, and the errors that the portal returns, on both servers."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest

from tests.support.fake_provider import HANG, RESET, FakeProvider
from tests.support.portal import FAKE_KEY, FAKE_TEAM, Portal
from tests.support.provider_messages import (
    DONE,
    NDJSON_HEAD,
    SSE_HEAD,
    chunk,
    completion,
    event,
    http,
    line,
    ollama_line,
    openai_stream,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BOMB = gzip.compress(b"0" * 50_000_000)
# name → (what the provider does, status, code)
WHOLE: dict[str, tuple[tuple[Any, ...], int, str]] = {
    "never replies": ((HANG,), 504, "provider_timeout"),
    "drips its headers": ((*[x for c in "HTTP/1.1 200 OK" for x in (c.encode(), 0.2)],), 504, "provider_timeout"),
    "drips its body": ((OK + b"Content-Length: 99\r\n\r\n", *[x for _ in range(40) for x in (b" ", 0.3)]), 504, "provider_timeout"),
    "stops in the body": ((OK + b"Content-Length: 99\r\n\r\n{", HANG), 504, "provider_timeout"),
    "closes at once": ((), 502, "provider_unreachable"),
    "resets at once": ((RESET,), 502, "provider_unreachable"),
    "resets in the body": ((OK + b"Content-Length: 99\r\n\r\n{", 0.05, RESET), 502, "provider_bad_response"),
    "body cut short": ((OK + b"Content-Length: 99\r\n\r\n{}",), 502, "provider_bad_response"),
    "chunks cut short": ((OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",), 502, "provider_bad_response"),
    "breaks its chunks in the body": ((OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", 0.1, b"zz\r\n", HANG), 502, "provider_bad_response"),
    "not HTTP": ((b"220 mail.example.org ESMTP\r\n",), 502, "provider_bad_response"),
    "endless header": ((b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000,), 502, "provider_bad_response"),
    "HTML": ((http(200, b"<html>busy</html>", "text/html"),), 502, "provider_bad_response"),
    "an empty body": ((http(200, b""),), 502, "provider_bad_response"),
    "null": ((http(200, None),), 502, "provider_bad_response"),
    "no choices": ((http(200, {"choices": []}),), 502, "provider_bad_response"),
    "a bomb": ((http(200, BOMB, Content_Encoding="gzip"),), 502, "provider_bad_response"),
    "redirects": ((http(302, b"", Location="http://169.254.169.254/"),), 502, "provider_error"),
    "401": ((http(401, {"error": {"message": f"bad key {FAKE_KEY}"}}),), 502, "provider_auth_failed"),
    "403": ((http(403, {}),), 502, "provider_auth_failed"),
    "404": ((http(404, {"error": {"message": "no such model"}}),), 502, "provider_model_missing"),
    "400": ((http(400, {"error": {"message": f"no {FAKE_KEY} {FAKE_TEAM}"}}),), 400, "provider_rejected"),
    "too long": ((http(400, {"error": {"code": "context_length_exceeded"}}),), 400, "context_length_exceeded"),
    "429": ((http(429, {}, Retry_After="7"),), 429, "provider_rate_limited"),
    "no quota": ((http(429, {"error": {"code": "insufficient_quota"}}),), 503, "provider_quota_exhausted"),
    "500": ((http(500, {"error": {"message": "boom"}}),), 502, "provider_error"),
    "busy": ((http(503, {}),), 503, "overloaded"),
    "loading": ((http(503, {"error": {"message": "Loading model"}}),), 503, "model_loading"),
    "error in a 200": ((http(200, {"error": {"message": "boom"}}),), 502, "provider_error"),
}  # fmt: skip
RETRYABLE = {"provider_unreachable", "provider_bad_response", "provider_error",
              "provider_rate_limited", "overloaded", "model_loading"}  # fmt: skip


TAKEN = ("closes at once", "resets at once")  # by then the provider has the request
# STREAMS has the faults inside the body of a stream.
IN_STREAMS = [name for name in WHOLE if "drips" not in name and "in the body" not in name]


@pytest.mark.parametrize(
    ("name", "stream"), [*((name, False) for name in WHOLE), *((name, True) for name in IN_STREAMS)]
)
def test_a_fault_before_the_first_byte_returns_a_status(
    portal: Portal, fake: FakeProvider, name: str, stream: bool
) -> None:
    steps, status, code = WHOLE[name]
    fake.script(*steps)
    answer = portal.chat(stream=stream)
    fake.reset()
    # After the first heartbeat, the error is the last event of the stream.
    error = last_error(answer.text) if answer.status_code == 200 else answer.json()["error"]
    assert error["code"] == code
    if answer.status_code != 200:
        assert answer.status_code == status
        may_retry = code in RETRYABLE and name not in TAKEN
        assert answer.headers.get("x-should-retry") == (None if may_retry else "false")
    assert error["resolution"]["id"] == "fake:talker"
    assert error["request_id"] == answer.headers["X-Request-ID"]
    assert FAKE_KEY not in answer.text
    assert FAKE_TEAM not in answer.text
    assert portal.chat().status_code == 200, "the next request succeeds"


def last_error(text: str) -> Any:
    last = text.replace(": waiting\n", "").strip().split("\n\n")[-1]
    assert last.startswith('data: {"error"'), text
    return json.loads(last.removeprefix("data: "))["error"]


def test_retry_after_is_relayed(portal: Portal, fake: FakeProvider) -> None:
    fake.script(*WHOLE["429"][0])
    assert portal.chat().headers["Retry-After"] == "7"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def in_chunks(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


STREAMS: dict[str, tuple[str, tuple[Any, ...], str]] = {
    "cut off": ("fake:talker", (SSE_HEAD + event(chunk("Hel")),), "provider_bad_response"),
    "reset": ("fake:talker", (SSE_HEAD + event(chunk("Hel")), 0.1, RESET), "provider_bad_response"),
    "stalls": ("fake:talker", (SSE_HEAD + event(chunk("Hel")), HANG), "provider_timeout"),
    "drips for ever": ("fake:talker", (SSE_HEAD, *[s for _ in range(30) for s in (event(chunk("Hel")), 0.4)]), "provider_timeout"),
    "breaks its chunks": ("fake:talker", (CHUNKED + in_chunks(event(chunk("Hel"))), 0.1, b"zz\r\n", HANG), "provider_bad_response"),
    "error": ("fake:talker", (SSE_HEAD + event(chunk("Hel")) + event({"error": {"message": f"boom {FAKE_KEY}"}}),), "provider_error"),
    "line without end": ("fake:talker", (SSE_HEAD + event(chunk("Hel")) + b"data: ", *[b"x" * 1_000_000] * 5), "provider_bad_response"),
    "Ollama cut off": ("pond:frog", (NDJSON_HEAD + line(ollama_line("Hel")),), "provider_bad_response"),
    "Ollama error": ("pond:frog", (NDJSON_HEAD + line(ollama_line("Hel")) + line({"error": "boom"}),), "provider_error"),
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_a_fault_in_a_stream_is_its_last_event(
    portal: Portal, fake: FakeProvider, name: str
) -> None:
    model, steps, code = STREAMS[name]
    fake.script(*steps)
    answer = portal.chat(model=model, stream=True)
    assert answer.status_code == 200
    assert "Hel" in answer.text
    assert "[DONE]" not in answer.text
    assert last_error(answer.text)["code"] == code
    assert last_error(answer.text)["resolution"]["id"] == model
    assert FAKE_KEY not in answer.text


def test_a_stream_is_never_silent(portal: Portal, fake: FakeProvider) -> None:
    fake.script(1.0, SSE_HEAD + openai_stream("Hello"))
    answer = portal.chat(stream=True)
    assert answer.text.count(": waiting") >= 2
    assert answer.text.endswith("data: [DONE]\n\n")


def test_a_failure_after_a_heartbeat_is_the_last_event(portal: Portal, fake: FakeProvider) -> None:
    fake.script(0.7, http(500, {}))
    answer = portal.chat(stream=True)
    assert answer.status_code == 200
    assert last_error(answer.text)["code"] == "provider_error"


def test_a_models_own_timeout_is_used(portal: Portal, fake: FakeProvider) -> None:
    fake.script(1.6, http(200, completion("late")))
    assert portal.chat(model="fake:patient").status_code == 200
    fake.script(1.6, http(200, completion("late")))
    assert portal.chat().json()["error"]["code"] == "provider_timeout"


def test_a_closed_port_is_unreachable_and_names_the_model(portal: Portal) -> None:
    answer = portal.chat(model="closed:gone")
    assert answer.status_code == 502
    error = answer.json()["error"]
    assert error["code"] == "provider_unreachable"
    assert error["message"] == "closed does not answer: connection refused."
    tried = error["resolution"].pop("tried")
    assert [attempt["code"] for attempt in tried] == ["provider_unreachable"] * 2
    assert error["resolution"] == {"provider": "closed", "name": "gone", "id": "closed:gone",
                                   "registry": True, "resolved_by": "override",
                                   "revision": portal.revision}  # fmt: skip


def test_invalid_token_counts_are_ignored(portal: Portal, fake: FakeProvider) -> None:
    usage = {"prompt_tokens": -1, "completion_tokens": "x"}
    fake.script(http(200, completion(usage=usage)))
    assert portal.chat().status_code == 200
    last = event({**chunk(), "choices": [], "usage": usage})
    fake.script(SSE_HEAD + event(chunk("a", "stop")) + last + DONE)
    assert portal.chat(stream=True).text.endswith("[DONE]\n\n")


def test_a_fault_after_the_end_of_an_answer_is_ignored(portal: Portal, fake: FakeProvider) -> None:
    fake.script(CHUNKED + in_chunks(openai_stream("Hi")), 0.1, b"zz\r\n", HANG)
    assert portal.chat(stream=True).text.endswith("data: [DONE]\n\n")


def test_a_stream_ends_at_done_and_not_at_the_close(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + openai_stream("Hi"), HANG)
    started = time.monotonic()
    assert portal.chat(stream=True).text.endswith("data: [DONE]\n\n")
    assert time.monotonic() - started < 0.9


@pytest.mark.parametrize("status", [401, 429])
def test_an_error_status_is_used_although_its_body_is_cut_off(
    portal: Portal, fake: FakeProvider, status: int
) -> None:
    head = f"HTTP/1.1 {status} X\r\nRetry-After: 7\r\nContent-Length: 100\r\n\r\n".encode()
    fake.script(head + b'{"err')
    code = {401: "provider_auth_failed", 429: "provider_rate_limited"}[status]
    assert portal.chat().json()["error"]["code"] == code


def test_the_first_piece_may_take_as_long_as_the_first_byte(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD, 1.5, openai_stream("Hi"))
    answer = portal.chat(model="fake:patient", stream=True)
    assert answer.text.endswith("data: [DONE]\n\n")


def test_a_lone_surrogate_in_a_whole_answer_is_replaced(portal: Portal, fake: FakeProvider) -> None:
    data = json.dumps(completion("TEXT")).replace("TEXT", "half \\ud83d").encode()
    fake.script(http(200, data))
    assert portal.chat().json()["choices"][0]["message"]["content"] == "half \ufffd"


def test_the_hosts_proxy_and_netrc_are_ignored(own_portal: Portal, fake: FakeProvider) -> None:
    (own_portal.folder / ".netrc").write_text("default login evil password evil\n")
    proxy = "http://127.0.0.1:1"
    own_portal.variables |= {"HOME": str(own_portal.folder), "HTTP_PROXY": proxy, "http_proxy": proxy,
                             "ALL_PROXY": proxy, "NO_PROXY": "", "no_proxy": ""}  # fmt: skip
    own_portal.start()
    answer = own_portal.call("POST", "/v1/ai/chat/completion", proxies={"http": "", "no_proxy": "*"},
                             json={"messages": [{"role": "user", "content": "Hi"}]})  # fmt: skip
    assert answer.status_code == 200
    assert fake.posts[-1].headers["authorization"] == f"Bearer {FAKE_KEY}"
    probes = [r for r in fake.requests if r.path == "/v1/models" and "x-team" in r.headers]
    assert probes
    assert {r.headers["authorization"] for r in probes} == {f"Bearer {FAKE_KEY}"}
