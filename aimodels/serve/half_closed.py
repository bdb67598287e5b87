"""
Callers who have closed their side after a request: some wait for the answer, others are gone.

Both look the same, until something is sent to them: who is gone answers with a reset. What is sent
at once is a part of the response that is the same for all: the H of its status line, or a leading
zero of the next chunk's size.
Reference: https://www.rfc-editor.org/rfc/rfc9112#section-7.1 (1*HEXDIG)
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS_LINE = b"H"
CHUNK_SIZE = b"0"
FIRST_LOOK, LAST_LOOK = 0.01, 0.25  # seconds between two looks at a connection


def is_reset(descriptor: int) -> bool:
    """Has the other side reset the connection?"""
    if descriptor < 0:
        return True
    poll = select.poll()
    poll.register(descriptor, 0)  # errors are always reported
    return bool(poll.poll(0))


def watch(
    descriptor: Callable[[], int], is_over: Callable[[], bool], abort: Callable[[], object]
) -> None:
    """Call `abort` soon after the connection is reset, unless its response `is_over` by then."""
    loop = asyncio.get_running_loop()

    def look(pause: float) -> None:
        if is_over():
            return
        if is_reset(descriptor()):
            abort()
        else:
            loop.call_later(pause, look, min(pause * 2, LAST_LOOK))

    loop.call_later(FIRST_LOOK, look, FIRST_LOOK)
