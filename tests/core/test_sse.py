"""Heartbeats of streamed answers."""

from __future__ import annotations

import asyncio
from typing import Any

from core.http.envelope import Form
from core.http.sse import EventStream


class SlowReader:
    """An exchange whose reader does not read."""

    started = True
    form = Form()

    def __init__(self) -> None:
        self.waiting = self.max_waiting = 0

    async def write(self, data: bytes, *, more: bool = True) -> None:
        self.waiting += 1
        self.max_waiting = max(self.max_waiting, self.waiting)
        try:
            await asyncio.Event().wait()
        finally:
            self.waiting -= 1


async def test_a_stalled_reader_gets_one_heartbeat_at_a_time(
    settings: Any,
) -> None:
    settings.HEARTBEAT_SECONDS = 0.01
    reader: Any = SlowReader()
    async with EventStream(reader):
        await asyncio.sleep(0.2)
        assert reader.waiting == 1
    assert (reader.waiting, reader.max_waiting) == (0, 1)
