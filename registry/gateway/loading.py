"""
Waiting for a model that is being loaded, and saying so.

Servers tell in two ways. Most refuse (`model_loading`) until they are ready: they are asked again,
for as long as a first byte may take. Ollama makes the caller wait, and tells on another route which
models it has loaded.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import PortalError
from registry.gateway.client import client_for

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from registry.entities import Resolution
    from registry.providers.wire import Event

    Batches = AsyncGenerator[list[Event], None]
    Tell = Callable[[str], Awaitable[None]]

SOON = 1.0  # seconds of silence after which it is worth asking why


async def patiently(ask: Callable[[], Batches], resolution: Resolution, tell: Tell) -> Batches:
    """Yield what `ask()` does; `tell("loading")` while the model is being loaded."""
    asking_why = asyncio.ensure_future(_tell_why(resolution, tell))
    until = time.monotonic() + (resolution.timeout or settings.FIRST_BYTE_TIMEOUT)
    try:
        while True:
            try:
                async with aclosing(ask()) as batches:
                    async for events in batches:
                        asking_why.cancel()
                        yield events
                return
            except PortalError as error:
                if error.code != "model_loading" or time.monotonic() > until:
                    raise
                wait = min(error.retry_after or 1, SOON)
            await tell("loading")
            await asyncio.sleep(wait)
    finally:
        asking_why.cancel()


async def _tell_why(resolution: Resolution, tell: Tell) -> None:
    await asyncio.sleep(SOON)
    try:
        loaded = await client_for(resolution.provider).is_loaded(resolution.target())
    except PortalError:
        return
    if loaded is False:
        await tell("loading")
