"""
Waits for a model that is loading, and reports that state.

Servers show it in two ways. Most refuse (`model_loading`) until they are ready: they are retried
for as long as a first byte may take. Ollama makes the caller wait, and lists the models it has
loaded on another route.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import PortalError
from registry.gateway.client import Client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from registry.entities import Resolution
    from registry.providers.events import Event

    Batches = AsyncGenerator[list[Event], None]
    Report = Callable[[str], Awaitable[None]]

MAX_PAUSE = 1.0  # seconds: between retries, and of silence before the server is asked why


async def retry_while_loading(
    ask: Callable[[], Batches], resolution: Resolution, report: Report
) -> Batches:
    """Yield what `ask()` yields; call `report("loading")` while the model is loading."""
    checking = asyncio.ensure_future(_report_loading(resolution, report))
    until = time.monotonic() + (resolution.timeout or settings.FIRST_BYTE_TIMEOUT)
    try:
        while True:
            try:
                async with aclosing(ask()) as batches:
                    async for events in batches:
                        checking.cancel()
                        yield events
                return
            except PortalError as error:
                if error.code != "model_loading" or time.monotonic() > until:
                    raise
                pause = min(error.retry_after or 1, MAX_PAUSE)
            await report("loading")
            await asyncio.sleep(pause)
    finally:
        checking.cancel()


async def _report_loading(resolution: Resolution, report: Report) -> None:
    await asyncio.sleep(MAX_PAUSE)
    try:
        loaded = await Client(resolution.provider).is_loaded(resolution.target)
    except PortalError:
        return
    if loaded is False:
        await report("loading")
