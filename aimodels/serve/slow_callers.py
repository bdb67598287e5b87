"""
Ends the connections of callers who read or send too slowly.

Each server reports every second what it holds for whom and what still arrives, which costs the
requests themselves nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings

from aimodels.serve.slow_readers import SlowReaders, Unsent
from aimodels.serve.slow_senders import Arriving, SlowSenders

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0


async def end_slow_callers(
    unsent: Callable[[], Unsent],
    arriving: Callable[[], Arriving],
    abort: Callable[[Any], object],
    refuse: Callable[[Any], object],
) -> None:
    """Look every second, `abort` slow readers and `refuse` slow senders. Runs for ever."""
    readers = SlowReaders(settings.READER_SECONDS, settings.TOTAL_TIMEOUT)
    senders = SlowSenders(settings.HEAD_SECONDS, settings.BODY_SECONDS)
    pause = min(LOOK_SECONDS, readers.idle / 4)
    while True:
        began = time.monotonic()
        await asyncio.sleep(pause)
        # While this process was stopped or busy, no caller could read or send.
        elapsed = min(time.monotonic() - began, 2 * pause)
        for connection in readers.late(unsent(), elapsed):
            logger.info("A connection was closed, because its caller does not read")
            abort(connection)
        for connection in senders.late(arriving(), elapsed):
            logger.info("A connection was closed, because its request did not arrive in time")
            refuse(connection)
