"""No request is sent twice that a provider may have read: each answer costs."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from core.errors import PortalError
from registry.providers.http.transport import Deadlines, Response
from registry.providers.wire import Request
from tests.registry.providers.http.conftest import Run
from tests.support.fake_provider import RESET, FakeProvider
from tests.support.portal import Portal

CHAT = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9}
WAYS = {
    "whole": ("/v1/ai/chat/completion", CHAT),
    "stream": ("/v1/ai/chat/completion", {**CHAT, "stream": True}),
    "embeddings": ("/v1/embeddings", {"input": "x"}),
    "messages": ("/v1/messages", {**CHAT, "model": "fake:talker"}),
}


@pytest.mark.parametrize(
    "steps", [(), (0.05,), (0.6,), (0.05, RESET)], ids=["at once", "soon", "later", "reset"]
)
@pytest.mark.parametrize("way", WAYS)
def test_a_kept_connection_that_closes_without_a_byte_costs_one_request(
    portal: Portal, fake: FakeProvider, way: str, steps: tuple[object, ...]
) -> None:
    path, body = WAYS[way]
    assert portal.post(path, body).status_code == 200
    fake.script(*steps)
    answer = portal.post(path, body)
    assert len(fake.posts) == 2
    assert fake.posts[0].connection == fake.posts[1].connection
    assert "It may have received the request." in answer.text
    if answer.status_code != 200:  # 200: a heartbeat came first
        assert answer.status_code == 502
        assert answer.headers["x-should-retry"] == "false"
    if way != "messages":  # whose errors have no codes
        assert '"provider_unreachable"' in answer.text


# ── On raw sockets ──────────────────────────────────────────────────────────────────────────

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
LARGE = b"x" * 20_000_000  # more than the buffers of the system hold
Act = Callable[[socket.socket], object]
whole: list[int] = []  # sizes of the bodies that were read to their end


def read_some(sock: socket.socket) -> int:
    """Read the head of a request; return how much of the body is missing."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(65536)
    head, _, rest = data.partition(b"\r\n\r\n")
    length = head.partition(b"Content-Length: ")[2].split(b"\r\n")[0]
    return int(length or 0) - len(rest)


def read_all(sock: socket.socket) -> None:
    missing = read_some(sock)
    while missing:
        missing -= len(sock.recv(1 << 20))
    whole.append(1)


def answer(sock: socket.socket) -> None:
    read_all(sock)
    sock.sendall(OK)


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def serving(*served: list[Act]) -> Iterator[str]:
    """Serve connections in a thread: each with its acts, then it is closed. Yields the URL."""
    whole.clear()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for acts in served:
            sock, _ = listener.accept()
            with sock:
                for act in acts:
                    act(sock)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        thread.join(5)
        listener.close()
    assert not thread.is_alive()


async def post(url: str, body: bytes = b"{}", method: str = "POST") -> bytes:
    request = Request(method, url, {}, body if method == "POST" else None)
    async with Response(request, Deadlines(first_byte=5, idle=5)) as response:
        return await response.read()


def test_a_close_that_the_loop_has_not_seen_is_seen_before_a_request_is_written(run: Run) -> None:
    close = threading.Event()

    async def ask(url: str) -> None:
        assert await post(url) == b"hi"
        close.set()
        time.sleep(0.1)  # noqa: ASYNC251 — the loop must not see it
        assert await post(url) == b"hi"

    with serving([answer, lambda _: close.wait(5)], [answer]) as url:
        run(ask(url))


@pytest.mark.parametrize("ending", [[], [reset]], ids=["closed", "reset"])
def test_a_request_is_repeated_whose_end_was_not_written(run: Run, ending: list[Act]) -> None:
    async def ask(url: str) -> None:
        assert await post(url) == b"hi"
        assert await post(url, LARGE) == b"hi"

    with serving([answer, read_some, *ending], [answer]) as url:
        run(ask(url))
    assert len(whole) == 2


@pytest.mark.parametrize("body", [b"{}", LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    "ending", [[], [reset], [lambda _: time.sleep(0.3)]], ids=["closed", "reset", "later"]
)
def test_a_request_is_not_repeated_whose_end_was_written(
    run: Run, ending: list[Act], body: bytes
) -> None:
    async def ask(url: str) -> None:
        assert await post(url) == b"hi"
        with pytest.raises(PortalError, match="It may have received the request") as raised:
            await post(url, body)
        assert not raised.value.retry

    with serving([answer, read_all, *ending]) as url:
        run(ask(url))


def test_a_new_connection_is_not_replaced(run: Run) -> None:
    async def ask(url: str) -> None:
        with pytest.raises(PortalError, match="It may have received the request"):
            await post(url)

    with serving([read_all]) as url:
        run(ask(url))


def test_what_only_reads_is_repeated(run: Run) -> None:
    async def ask(url: str) -> None:
        assert await post(url, method="GET") == b"hi"
        assert await post(url, method="GET") == b"hi"

    with serving([answer, read_all], [answer]) as url:
        run(ask(url))
