"""The heartbeat of streamed answers."""

from __future__ import annotations

import asyncio
from typing import Any

from core.http.sse import EventStream


class SlowReader:
    """An exchange whose reader takes nothing."""

    started = True

    def __init__(self) -> None:
        self.waiting = self.most = 0

    async def write(self, data: bytes, *, more: bool = True) -> None:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            await asyncio.Event().wait()
        finally:
            self.waiting -= 1


async def test_a_reader_who_takes_nothing_has_one_heartbeat_waiting(
    settings: Any,
) -> None:
    settings.HEARTBEAT_SECONDS = 0.01
    reader: Any = SlowReader()
    async with EventStream(reader):
        await asyncio.sleep(0.2)
        assert reader.waiting == 1
    assert (reader.waiting, reader.most) == (0, 1)
