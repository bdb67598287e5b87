"""Readers of server-sent events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bench.load.chunks import MARK
from bench.load.reading import Stream
from bench.load.requests import OK
from bench.load.tally import Tally, opened

if TYPE_CHECKING:
    from bench.targets.base import Target

END = b"0\r\n\r\n"  # of a chunked body


class Reader(Stream):
    """One connection; what is taken are the bytes of its answers' bodies."""

    def __init__(self, request: bytes, tally: Tally) -> None:
        super().__init__(tally)
        self.request = request

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self) -> None:
        self.head: bytes | None = b""
        self.tail = b""
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if self.head is not None:
            head, separator, data = (self.head + data).partition(b"\r\n\r\n")
            if not separator:
                self.head = head
                return
            self.head = None
            self.tally.failures += not head.startswith(OK)
        self.take(data)
        self.has_chunk = self.has_chunk or MARK in data
        self.tail = (self.tail + data[-len(END) :])[-len(END) :]
        if self.tail == END and self.open:
            self.ended()


async def connect(target: Target, model: str, count: int, tally: Tally) -> list[Reader]:
    """Open `count` connections, on which `model` can be asked."""
    loop = asyncio.get_running_loop()
    request = target.request(model, stream=True)
    connections = [
        loop.create_connection(lambda: Reader(request, tally), "127.0.0.1", target.port)
        for _ in range(count)
    ]
    return [reader for _, reader in await opened(connections)]
