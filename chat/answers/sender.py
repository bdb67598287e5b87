"""Sends frames to the reader of an answer, no faster than they are read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chat.answers.window import ACK_BYTES, Window
from core.errors import PortalError
from core.http.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    Frame = dict[str, Any]
    Send = Callable[[Frame], Awaitable[None]]


class Sender:
    """The base of what answers on a socket. `id` is the one that its reader chose."""

    def __init__(self, id: str, send: Send) -> None:  # noqa: A002
        self.id = id
        self.window = Window(id)
        self.attended = True  # is its reader there?
        self.stalled = False  # the reader acknowledges nothing
        self.drop_reader: Callable[[str], Coroutine[Any, Any, None]] | None = None
        self._send = send
        self._watchdog = Watchdog(self._stall)

    def detach(self) -> None:
        """Send nothing more: the reader has gone, and the answer goes on."""
        self.attended = False
        self._watchdog.stop()
        self.window.release()

    async def frame(self, kind: str, **content: Any) -> None:
        if self.attended:
            await self._send({"type": kind, "id": self.id, **content})

    async def send_piece(self, kind: str, size: int, **content: Any) -> None:
        """Send a piece of the answer, once its reader has acknowledged enough earlier pieces.

        If that takes too long, the reader has stalled.
        """
        if not self.attended or self.stalled:
            return
        self._watchdog.watch(time.monotonic() + settings.READER_SECONDS)
        if self.window.full:
            await self.window.wait_for_room()
        await self.frame(kind, seq=self.window.sent(size), **content)
        self._watchdog.rest()

    def _stall(self) -> None:
        """The reader acknowledges nothing for READER_SECONDS."""
        self.stalled = True


def stalled() -> PortalError:
    """Return the error of a reader who reads nothing."""
    wait = f"{settings.READER_SECONDS:.0f} s"
    message = f"Nothing was read for {wait}. Send an `ack` at least every {ACK_BYTES // 1024} KiB."
    return PortalError("reader_stalled", message)
