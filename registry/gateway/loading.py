"""
Reports that a model is loading.

Servers show it in two ways. Most refuse (`model_loading`) until they are ready: `attempts` asks
them again, and reports it. Ollama makes the caller wait, and lists the models it has loaded on
another route, which is asked here.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from core.errors import PortalError
from registry.gateway.client import Client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from core.http.call import Call
    from registry.entities import Resolution
    from registry.providers.events import Event

    Batches = AsyncGenerator[list[Event], None]
    Report = Callable[[str], Awaitable[None]]

SILENCE = 1.0  # seconds, before the server is asked why


async def report_loading(
    batches: Batches, resolution: Resolution, call: Call, report: Report
) -> Batches:
    """Yield `batches`; call `report("loading")` if there is none because the model is loading."""
    checking = asyncio.ensure_future(_report_loading(resolution, call, report))
    try:
        async with aclosing(batches):
            async for events in batches:
                checking.cancel()
                yield events
    finally:
        checking.cancel()


async def _report_loading(resolution: Resolution, call: Call, report: Report) -> None:
    await asyncio.sleep(SILENCE)
    asked = call.resolution or resolution
    try:
        loaded = await Client(asked.at).is_loaded(asked.target)
    except PortalError:
        return
    if loaded is False:
        await report("loading")
