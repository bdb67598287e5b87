"""
Graceful shutdown.

On SIGTERM, SIGHUP or Ctrl-C new requests are refused, and running answers have DRAIN_SECONDS to
end. The rest is then cancelled, which closes its provider's connection and sends its
caller `server_restarting`; the process exits with 0. Without this, Daphne drops sockets without a
close frame, and uvicorn closes them before the portal can send one. A second signal stops at once.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from typing import TYPE_CHECKING

from django.conf import settings

from core.http.tasks import tasks
from registry.providers.http import connections

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MAX_FRAME_BYTES = 1024 * 1024  # of a WebSocket message; Daphne's own default too


def drain_on_signals(
    loop: asyncio.AbstractEventLoop, stop: Callable[[], None], stop_accepting: Callable[[], object]
) -> None:
    """Drain on a signal. One of several workers first stops accepting connections.

    Such a worker may get the signal twice, from its supervisor and from a signal to the whole
    process group; elsewhere the second signal is a user who does not want to wait.
    """
    drains: set[asyncio.Task[None]] = set()

    def handle() -> None:
        if drains and tasks.one_of_several:
            return
        if drains:
            os._exit(130)
        if count := len(tasks.running):
            wait = f"{settings.DRAIN_SECONDS:.0f} s"
            logger.warning("Stopping; answers under way: %s, for %s. Again: stop now.", count, wait)
        drains.add(loop.create_task(_drain(stop, stop_accepting if tasks.one_of_several else None)))

    for number in SIGNALS:
        loop.add_signal_handler(number, handle)


async def _drain(stop: Callable[[], None], stop_accepting: Callable[[], object] | None) -> None:
    try:
        if stop_accepting:
            stop_accepting()
        await tasks.drain(settings.DRAIN_SECONDS)
        await connections.close()
    finally:
        stop()


def freeze_garbage_collector() -> None:
    """Exclude objects that are loaded now from garbage collection, and collect less often.

    They live until the process ends, and to collect them blocks all callers for 0.1 s. New objects
    are few: with the default threshold, a collection about every two requests, each request took
    5 % longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
