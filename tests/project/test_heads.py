"""An answer's head, byte by byte, whatever HTTP its caller speaks."""

from __future__ import annotations

import socket

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

BODY = b'{"model": "fake:talker", "messages": [{"role": "user", "content": "Hi"}]}'
STREAMED = BODY.replace(b'"model"', b'"stream": true, "model"')


def asking(portal: Portal, body: bytes = BODY, version: str = "1.1", more: str = "") -> bytes:
    head = (
        f"POST /v1/chat/completions HTTP/{version}\r\nHost: 127.0.0.1\r\n{more}"
        f"Authorization: Bearer {portal.tokens['ann']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def taken(caller: socket.socket) -> tuple[dict[str, str], bytes]:
    """Return one answer's headers and body. Each header must stand once."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += caller.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    assert status.endswith(" 200 OK")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert len(headers) == len(lines)
    while len(body) < int(headers.get("content-length", 0)):
        body += caller.recv(65536)
    return headers, body


def test_one_connection_carries_answers_of_all_kinds(portal: Portal, fake: FakeProvider) -> None:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as caller:
        for _ in range(3):
            caller.sendall(asking(portal))
            headers, body = taken(caller)
            assert len(body) == int(headers["content-length"])
            assert not {"transfer-encoding", "connection"} & headers.keys()
            assert {"x-request-id", "x-model", "server-timing"} <= headers.keys()
        caller.sendall(asking(portal, STREAMED))
        headers, body = taken(caller)
        assert headers["transfer-encoding"].lower() == "chunked"
        while not body.endswith(b"0\r\n\r\n"):
            body += caller.recv(65536)


@pytest.mark.parametrize(("version", "more"), [("1.0", ""), ("1.1", "Connection: close\r\n")])
def test_who_asks_once_is_left_after_the_answer(
    portal: Portal, fake: FakeProvider, version: str, more: str
) -> None:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as caller:
        caller.sendall(asking(portal, version=version, more=more))
        headers, body = taken(caller)
        assert version == "1.0" or headers["connection"].lower() == "close"
        assert len(body) == int(headers["content-length"])
        assert caller.recv(1) == b""


@pytest.mark.parametrize("portal", ["uvicorn"], indirect=True)
def test_requests_sent_at_once_are_answered_in_turn(portal: Portal, fake: FakeProvider) -> None:
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as caller:
        caller.sendall(
            asking(portal, more="X-Request-ID: first\r\n")
            + asking(portal, more="X-Request-ID: second\r\n")
        )
        data = b""
        while data.count(b'"chat.completion"') < 2 or not data.endswith(b"}"):
            data += caller.recv(65536)
        assert data.index(b"x-request-id: first") < data.index(b"x-request-id: second")
