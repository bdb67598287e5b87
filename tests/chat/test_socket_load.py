"""Sockets under load: slow readers, floods of frames, and many idle sockets."""

from __future__ import annotations

import base64
import json
import os
import socket
import time
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed

from chat.answers.pieces import MAX_DELTA
from tests.chat.stored_answers import wait_for_state
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import MAX_BUFFERS, Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, openai_stream
from tests.support.socket_client import SocketClient, code_after_flood

pytestmark = pytest.mark.long
PIECE = "x" * 8192
LONG = [SSE_HEAD, *([event(chunk(PIECE)) * 64] * 200)]  # 100 MB


def test_an_answer_waits_for_acknowledgements_and_then_fails(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(*LONG)
    with SocketClient(portal) as client:
        client.begin()
        received = 0
        while (frame := client.receive())["type"] != "error":
            received += len(frame.get("text", ""))
        assert frame["error"]["code"] == "reader_stalled"
        assert 256 * 1024 <= received < 256 * 1024 + MAX_DELTA
        with pytest.raises(ConnectionClosed) as closed:
            client.receive()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
    assert fake.posts[-1].peer_closed.wait(1)
    assert len(wait_for_state(portal, "interrupted")) >= received


def test_a_client_that_never_reads_uses_little_memory(
    running_portal: Portal, fake: FakeProvider
) -> None:
    with SocketClient(running_portal) as client:
        client.ask()  # the memory of the first answer is not counted
    before = running_portal.memory()
    fake.reset()
    fake.script(*LONG)
    with raw_socket(running_portal) as link:
        ask = json.dumps({"type": "ask", "id": "1", "content": "Hi"}).encode()
        link.sendall(masked(ask))
        upstream = fake.wait_for_post()
        assert upstream.peer_closed.wait(8), "the portal ends the answer"
        assert running_portal.memory() - before < MAX_BUFFERS


def raw_socket(portal: Portal) -> socket.socket:
    """Open a WebSocket, and return it after its handshake. No one reads from it."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.connect(("127.0.0.1", portal.port))
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall(
        f"GET /ws/chat/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
        f"Authorization: Bearer {portal.tokens['ann']}\r\n\r\n".encode()
    )
    link.settimeout(5)
    assert b" 101 " in link.recv(4096)
    return link


def masked(payload: bytes) -> bytes:
    """Return a short text frame in the form of a client, with a mask of zeros."""
    assert len(payload) < 126
    return bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


EMPTY_PART = b"\x00\x80\0\0\0\0"
PING = b"\x89\xfd\0\0\0\0" + b"x" * 125


@pytest.mark.parametrize("frame", [EMPTY_PART, PING])
def test_frames_that_no_application_sees_are_a_flood(portal: Portal, frame: bytes) -> None:
    with raw_socket(portal) as link:
        link.sendall(b"\x01\x81\0\0\0\0{")  # a message that does not end
        with suppress(ConnectionError):  # the server closed it
            for _ in range(200):
                link.sendall(frame * 1000)
            while link.recv(65536):  # raises TimeoutError if it is open
                pass


def test_a_message_in_parts_and_some_pings_are_no_flood(portal: Portal, fake: FakeProvider) -> None:
    text = json.dumps({"type": "ask", "id": "1", "content": "Hi" * 100})
    with SocketClient(portal) as client:
        client.link.send(iter(text))
        for _ in range(100):
            client.link.ping().wait(5)
        while client.receive()["type"] != "done":
            pass


def memory_after_an_answer(portal: Portal) -> int:
    """Return the server's memory once all that an answer needs is loaded."""
    with SocketClient(portal) as client:
        client.ask()
    return portal.memory()


def test_a_thousand_idle_sockets_use_little_memory_and_delay_no_answer(
    running_portal: Portal, fake: FakeProvider
) -> None:
    before = memory_after_an_answer(running_portal)
    with ExitStack() as links:
        for _ in range(1000):
            links.enter_context(raw_socket(running_portal))
        time.sleep(0.5)
        assert (running_portal.memory() - before) / 1000 < 50_000
        with SocketClient(running_portal) as client:
            started = time.monotonic()
            assert client.ask()[-1]["type"] == "done"
            assert time.monotonic() - started < 2


def test_a_fast_provider_is_limited_and_stop_is_received(
    running_portal: Portal, fake: FakeProvider
) -> None:
    before = memory_after_an_answer(running_portal)
    fake.reset()
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    flood = masked(json.dumps({"type": "stop", "id": "x"}).encode()) * 1000
    with raw_socket(running_portal) as link:
        link.sendall(masked(json.dumps({"type": "ask", "id": "1", "content": "Hi"}).encode()))
        upstream = fake.wait_for_post()
        with suppress(OSError):  # the server closed it
            for _ in range(2000):
                link.sendall(flood)
        assert upstream.peer_closed.wait(2)
        assert running_portal.memory() - before < MAX_BUFFERS


def test_a_reader_who_acknowledges_each_event_is_no_flood(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("x")) * 1200 + openai_stream())
    with SocketClient(portal, "/ws/raw/") as client:
        client.begin()
        while client.receive()["type"] != "done":
            pass
        for seq in range(1, 1201):  # late, and all at once
            client.send(type="ack", id="1", seq=seq)
        assert client.ask(id="2")[-1]["type"] == "done"


def test_repeated_acknowledgements_are_a_flood(portal: Portal, fake: FakeProvider) -> None:
    with SocketClient(portal) as client:
        client.ask()
        assert code_after_flood(client, 1200, type="ack", id="1", seq=1) in (4400, 1006)


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/raw/"])
def test_a_reader_who_acknowledges_every_64_KiB_never_stalls(
    portal: Portal, fake: FakeProvider, path: str
) -> None:
    fake.script(SSE_HEAD, *[event(chunk("€" * 20_000)) * 4] * 8, openai_stream("!"))  # 2 MB
    with SocketClient(portal, path) as client:
        client.begin()
        unread = 0
        while (frame := client.receive())["type"] != "done":
            assert frame["type"] != "error", frame
            unread += len((frame.get("text") or frame.get("data") or "").encode())
            if unread >= 64 * 1024:
                client.send(type="ack", id="1", seq=frame["seq"])
                unread = 0
