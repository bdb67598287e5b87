"""Asking for leases: once for all who ask meanwhile, and without blocking the event loop."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tests.support.servers.redis_server import needs_redis

if TYPE_CHECKING:
    from tests.core.limits.conftest import Workers


@needs_redis
async def test_all_who_ask_meanwhile_ask_once(workers: Workers) -> None:
    calls: list[int] = []
    source, _ = workers
    await asyncio.gather(*(source.ask("ann", lambda: calls.append(1)) for _ in range(9)))
    assert len(calls) == 1
    await source.ask("ann", lambda: calls.append(1))
    assert len(calls) == 2


@needs_redis
async def test_who_asks_when_an_answer_has_just_come_asks_again(workers: Workers) -> None:
    calls: list[int] = []
    source, _ = workers
    first = asyncio.create_task(source.ask("ann", lambda: calls.append(1)))
    await asyncio.sleep(0)
    time.sleep(0.2)  # noqa: ASYNC251 — the loop learns of the answer right before the second asks
    second = asyncio.create_task(source.ask("ann", lambda: calls.append(2)))
    await asyncio.gather(first, second)
    assert calls == [1, 2]
    assert not source._asked
