"""When a caller disconnects, the portal closes the provider's connection within a second."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Mapping

import pytest

from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    NDJSON_HEAD,
    SSE_HEAD,
    USAGE,
    chunk,
    event,
    line,
    ollama_line,
    openai_stream,
)
from tests.support.socket_client import SocketClient

MAX_DELAY = 1.0  # seconds


def ask(portal: Portal, path: str, body: Mapping[str, object]) -> socket.socket:
    """Send a request on a raw socket, and return the socket without reading the answer."""
    data = json.dumps(body).encode()
    head = (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {portal.tokens['ann']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n")  # fmt: skip
    caller = socket.create_connection(("127.0.0.1", portal.port), timeout=5)
    caller.sendall(head.encode() + data)
    return caller


def read_until(caller: socket.socket, words: bytes) -> None:
    data = b""
    while words not in data:
        part = caller.recv(65536)
        assert part, data
        data += part


def leave_cleanly(caller: socket.socket) -> None:
    caller.shutdown(socket.SHUT_RDWR)
    caller.close()


def leave_by_reset(caller: socket.socket) -> None:
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    caller.close()


CHAT = {"messages": [{"role": "user", "content": "Hi"}]}
BEFORE = [
    ("/v1/ai/chat/completion", {**CHAT, "stream": True}),
    ("/v1/ai/chat/completion", CHAT),
    ("/v1/chat/completions", {**CHAT, "model": "pond:frog"}),
    ("/v1/embeddings", {"input": "x"}),
]


@pytest.mark.parametrize("leave", [leave_cleanly, leave_by_reset])
@pytest.mark.parametrize(("path", "body"), BEFORE, ids=["stream", "whole", "ollama", "embeddings"])
def test_leaving_before_the_first_byte_closes_the_upstream(
    portal: Portal, fake: FakeProvider, path: str, body: Mapping[str, object],
    leave: Callable[[socket.socket], None],
) -> None:  # fmt: skip
    fake.script(HANG)
    caller = ask(portal, path, body)
    upstream = fake.wait_for_post()
    assert not upstream.peer_closed.wait(0.1)
    leave(caller)
    assert upstream.peer_closed.wait(MAX_DELAY)


@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_leaving_during_a_stream_closes_the_upstream(
    portal: Portal, fake: FakeProvider, model: str
) -> None:
    beginning = {"fake:talker": SSE_HEAD + event(chunk("Hel")),
             "pond:frog": NDJSON_HEAD + line(ollama_line("Hel"))}[model]  # fmt: skip
    fake.script(beginning, HANG)
    caller = ask(portal, "/v1/ai/chat/completion", {**CHAT, "model": model, "stream": True})
    upstream = fake.wait_for_post()
    read_until(caller, b"Hel")
    assert not upstream.peer_closed.is_set()
    leave_cleanly(caller)
    assert upstream.peer_closed.wait(MAX_DELAY)


def test_leaving_during_a_whole_answer_closes_the_upstream(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{", HANG)
    caller = ask(portal, "/v1/ai/chat/completion", CHAT)
    upstream = fake.wait_for_post()
    leave_cleanly(caller)
    assert upstream.peer_closed.wait(MAX_DELAY)


def test_a_caller_who_leaves_does_not_disturb_other_callers(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(HANG)
    caller = ask(portal, "/v1/ai/chat/completion", {**CHAT, "stream": True})
    fake.wait_for_post()
    leave_by_reset(caller)
    assert portal.chat().status_code == 200
    assert portal.chat(stream=True).text.endswith("data: [DONE]\n\n")


def test_tokens_are_counted_although_the_caller_leaves_at_the_last_event(
    portal: Portal, fake: FakeProvider
) -> None:
    before = completion_tokens(portal)
    fake.script(SSE_HEAD + openai_stream("Hi"), HANG)  # the provider keeps the connection open
    caller = ask(portal, "/v1/ai/chat/completion", {**CHAT, "stream": True})
    read_until(caller, b"[DONE]")
    leave_cleanly(caller)
    assert fake.wait_for_post().peer_closed.wait(MAX_DELAY)
    assert completion_tokens(portal) == before + USAGE["completion_tokens"]


def completion_tokens(portal: Portal) -> float:
    text = portal.get("/metrics", who="olga").text
    counts = re.findall(
        r'^portal_tokens_total{kind="completion",provider="fake"} (\S+)$', text, re.MULTILINE
    )
    return float(counts[0]) if counts else 0.0


def test_closing_a_socket_in_the_middle_logs_no_error(
    running_portal: Portal, fake: FakeProvider
) -> None:
    for _ in range(40):
        fake.script(SSE_HEAD, *[event(chunk("a")), 0.0005] * 500)
        with SocketClient(running_portal) as client:
            client.begin()
            client.until("delta")
    running_portal.stop()
    assert "An answer failed" not in running_portal.log.read_text()
