"""Database queries of answers: people are served in turn."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from django.db import OperationalError

from core.database.fair_threads import FairThreads
from core.limits.limiter import of_settings
from core.limits.payer import Payer, payer

pytestmark = pytest.mark.asyncio


async def test_many_queries_of_one_person_delay_another_by_one() -> None:
    threads, order, go = FairThreads(1, "test", "tests"), [], threading.Event()

    def query(who: str) -> None:
        go.wait(5)
        order.append(who)

    run = threads.in_turn(query)

    async def ask(who: str) -> None:
        payer.set(Payer(who, "", of_settings()))
        await run(who)

    asked = [asyncio.create_task(ask("ann")) for _ in range(20)]
    await asyncio.sleep(0.05)
    asked.append(asyncio.create_task(ask("bob")))
    await asyncio.sleep(0.05)
    go.set()
    await asyncio.gather(*asked)
    assert order.index("bob") <= 2
    assert len(order) == 21


async def test_a_query_that_was_given_up_keeps_its_thread(settings: Any) -> None:
    settings.DATABASE_TIMEOUT = 0.2
    threads, go = FairThreads(1, "test", "tests"), threading.Event()
    slow, quick = threads.in_turn(go.wait), threads.in_turn(time.monotonic)
    with pytest.raises(OperationalError, match=r"within 0\.2 s"):
        await slow(5)
    with pytest.raises(OperationalError):
        await quick()
    go.set()
    await asyncio.sleep(0.1)
    assert await quick()
