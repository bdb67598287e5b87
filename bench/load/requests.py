"""Callers that ask again as soon as they are answered."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

from bench.load.tally import RAMP_SECONDS, Tally, observe, opened

if TYPE_CHECKING:
    from bench.targets.base import Target

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
OK = b"HTTP/1.1 200"


class Caller(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, request: bytes, tally: Tally) -> None:
        self.request = request
        self.tally = tally
        self.held = b""
        self.answers = 0
        self.open = True

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.began = time.perf_counter_ns()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        data = self.held + data if self.held else data
        if not is_whole(data):
            self.held = data
            return
        self.tally.nanoseconds.append(time.perf_counter_ns() - self.began)
        self.tally.count += 1
        self.tally.failures += not data.startswith(OK)
        self.answers += 1
        self.held = b""
        if self.open:
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self.tally.failures += self.open

    def close(self) -> None:
        self.open = False
        self.transport.abort()


def is_whole(data: bytes) -> bool:
    """Is this a whole response? No server sends more than one."""
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = LENGTH.search(head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


async def closed_loop(target: Target, model: str, callers: int, seconds: float) -> Tally:
    """Return what `callers` saw of `target` in `seconds`."""
    loop, tally = asyncio.get_running_loop(), Tally()
    request = target.request(model)
    connections = [
        loop.create_connection(lambda: Caller(request, tally), "127.0.0.1", target.port)
        for _ in range(callers)
    ]
    everyone = [protocol for _, protocol in await opened(connections)]
    await observe(target, tally, seconds, lambda: all(c.answers for c in everyone), RAMP_SECONDS)
    for caller in everyone:
        caller.close()
    return tally
