"""The chat WebSocket, as little of a client as can be: no mask to speak of, no compression."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

from bench.load.frames import next_frame, text_frame
from bench.load.reading import Stream
from bench.load.tally import Tally, opened

if TYPE_CHECKING:
    from bench.targets.base import Target

PATH = "/ws/chat/"
ACK_EVERY, ACK_BYTES = 32, 64 * 1024  # half, and a quarter, of what the portal waits for
KEY = "AAAAAAAAAAAAAAAAAAAAAA=="
SEQ = re.compile(rb'"seq": ?(\d+)')


class Socket(Stream):
    """One socket; what is taken are the deltas' frames."""

    def __init__(self, target: Target, model: str, tally: Tally) -> None:
        super().__init__(tally)
        self.target = target
        ask = {"type": "ask", "id": "1", "content": "Hello", "model": target.model(model)}
        self.question = text_frame(json.dumps(ask).encode())
        self.shaken = asyncio.get_running_loop().create_future()
        self.held = b""
        self.unread = self.unread_bytes = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        headers = {"Host": f"127.0.0.1:{self.target.port}", "Upgrade": "websocket",
                   "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": KEY, **self.target.headers()}  # fmt: skip
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        transport.write(f"GET {PATH} HTTP/1.1\r\n{lines}\r\n".encode())

    def ask(self) -> None:
        self.unread = self.unread_bytes = 0
        self.transport.write(self.question)

    def data_received(self, data: bytes) -> None:
        data = self.held + data if self.held else data
        if not self.shaken.done():
            data = self._shake(data)
        start = 0
        while frame := next_frame(data, start):
            first, start = frame
            self._frame(data[first:start])
        self.held = data[start:]

    def _shake(self, data: bytes) -> bytes:
        """Take the server's half of the handshake; return what follows."""
        head, separator, rest = data.partition(b"\r\n\r\n")
        if not separator:
            return data
        self.shaken.set_result(head.startswith(b"HTTP/1.1 101"))
        return rest

    def _frame(self, payload: bytes) -> None:
        kind = payload[:24]
        if b'"delta"' in kind:
            self.take(payload)
            self.has_chunk = True
            self._acknowledge(payload)
        elif b'"done"' in kind:
            self.ended()
        elif b'"error"' in kind:
            self.tally.failures += 1
            self.ended()

    def _acknowledge(self, payload: bytes) -> None:
        self.unread += 1
        self.unread_bytes += len(payload)
        if self.unread >= ACK_EVERY or self.unread_bytes >= ACK_BYTES:
            self.unread = self.unread_bytes = 0
            if seq := SEQ.search(payload):
                self.transport.write(text_frame(b'{"type":"ack","id":"1","seq":%s}' % seq[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self.shaken.done():
            self.shaken.set_result(False)


async def connect(target: Target, model: str, count: int, tally: Tally) -> list[Socket]:
    """Open `count` sockets. Those that are refused count as failures."""
    loop = asyncio.get_running_loop()

    async def one() -> Socket:
        make = lambda: Socket(target, model, tally)  # noqa: E731 — it is a factory
        _, socket = await loop.create_connection(make, "127.0.0.1", target.port)
        tally.failures += not await socket.shaken
        return socket

    return await opened([one() for _ in range(count)])


async def idle(target: Target, count: int, rest: float) -> tuple[Tally, float]:
    """Open `count` sockets that ask nothing. Returns also what the target then holds, in MB."""
    tally, before = Tally(), target.cpu()
    everyone = await connect(target, "fast", count, tally)
    await asyncio.sleep(rest)
    tally.cpu, rss = target.cpu() - before, target.rss()
    tally.count = count - tally.failures
    for socket in everyone:
        socket.close()
    return tally, rss
