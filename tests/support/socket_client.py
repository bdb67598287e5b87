"""A client of the portal's WebSockets, for programs with tokens and browsers with cookies."""

from __future__ import annotations

import json
import socket
import ssl
import time
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.portal import Portal

Frame = dict[str, Any]


class SocketClient:
    """Opens a socket with the token of `who`; without `who`, with `headers` only."""

    def __init__(
        self,
        portal: Portal,
        path: str = "/ws/chat/",
        *,
        who: str | None = "ann",
        headers: dict[str, str] | None = None,
        insecure: bool = False,
        **more: Any,
    ) -> None:
        self.portal = portal
        headers = dict(headers or {})
        if who:
            headers["Authorization"] = f"Bearer {portal.tokens.get(who, who)}"
        more.setdefault("compression", None)
        if insecure:
            more["ssl"] = ssl._create_unverified_context()
        if portal.public:
            more["sock"] = socket.create_connection(("127.0.0.1", portal.port))
        self.stack = ExitStack()
        self.link = self.stack.enter_context(connect(
            f"{'wss' if insecure else 'ws'}://{portal.public or '127.0.0.1'}:{portal.port}{path}", additional_headers=headers, proxy=None,
            open_timeout=10, **more,
        ))  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self.stack.close()

    def send(self, **frame: Any) -> None:
        self.link.send(json.dumps(frame))

    def receive(self, seconds: float = 5) -> Frame:
        frame: Frame = json.loads(self.link.recv(seconds))
        return frame

    def until(self, *kinds: str, seconds: float = 8) -> list[Frame]:
        """Return the frames up to the first of one of `kinds`; acknowledge its pieces."""
        end = time.monotonic() + seconds
        frames: list[Frame] = []
        while not frames or frames[-1]["type"] not in kinds:
            frames.append(self.receive(max(end - time.monotonic(), 0.01)))
            if "seq" in frames[-1]:
                self.send(type="ack", id=frames[-1]["id"], seq=frames[-1]["seq"])
        return frames

    def begin(self, content: str = "Hi", **more: Any) -> None:
        self.send(**{"type": "ask", "id": "1", "content": content, **more})

    def ask(self, content: str = "Hi", **more: Any) -> list[Frame]:
        """Ask, and return the frames of the answer."""
        self.begin(content, **more)
        return self.until("done", "error")


def text_of(frames: list[Frame]) -> str:
    return "".join(frame["text"] for frame in frames if frame["type"] == "delta")


def kinds_of(frames: list[Frame]) -> list[str]:
    return [frame["type"] for frame in frames]


def closing_code(client: SocketClient) -> int:
    """Read until the server closes; return the closing code."""
    try:
        while True:
            client.receive()
    except ConnectionClosed:
        assert client.link.close_code is not None
        return int(client.link.close_code)


def code_after_flood(client: SocketClient, number: int, **frame: Any) -> int:
    """Send `frame` until the server closes, `number` times at most; return the closing code.

    It is 1006 where the server's reset came before the closing frame was read.
    """
    with suppress(ConnectionClosed):
        for _ in range(number):
            client.send(**frame)
    return closing_code(client)
