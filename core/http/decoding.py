"""
Threads for large JSON, few, so that not many are decoded at once.

They are apart from the loop's own threads: those may all wait for a server that hangs.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")
MAX_INLINE = 256 * 1024  # bytes that are decoded in the event loop
_threads = ThreadPoolExecutor(2, "json")


async def off_loop(read: Callable[[], T], size: int, limit: int = MAX_INLINE) -> T:
    """Return `read()`, from a thread if `size` is over `limit`: it would delay other callers."""
    if size <= limit:
        return read()
    return await asyncio.get_running_loop().run_in_executor(_threads, read)


def submit(read: Callable[[], T]) -> Future[T]:
    """Return what will be `read()`, from a thread. It must not raise."""
    return _threads.submit(read)
