"""
Whether those who hold sockets open are still signed in.

Each question is checked anyway; this closes the sockets of those who ask nothing. One task looks
every EVERY seconds, in one hop to the database for all sockets, and ends when there are none.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from channels.db import database_sync_to_async
from django.conf import settings

from core import auth
from core.errors import PortalError
from core.http.tasks import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.auth import Credentials

logger = logging.getLogger(__name__)


class Held(Protocol):
    """A socket that somebody holds open."""

    shown: Credentials

    async def sign_out(self, error: PortalError) -> None: ...


class SessionWatch:
    """The sockets that are open in this process."""

    def __init__(self) -> None:
        self._sockets: set[Held] = set()
        self._task: asyncio.Task[None] | None = None

    def add(self, socket: Held) -> None:
        self._sockets.add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._look())

    def discard(self, socket: Held) -> None:
        self._sockets.discard(socket)

    async def _look(self) -> None:
        while self._sockets:
            await asyncio.sleep(settings.SIGNED_IN_SECONDS)
            try:
                gone = await _gone({socket.shown for socket in self._sockets})
            except Exception:
                logger.exception("It could not be told who is still signed in")
                continue
            for socket in [socket for socket in self._sockets if socket.shown in gone]:
                tasks.start(socket.sign_out(gone[socket.shown]))  # aside: it may not be reading


def gone_among(all_shown: Iterable[Credentials]) -> dict[Credentials, PortalError]:
    """Return those credentials that no longer let anybody in, with the reason."""
    gone = {}
    for shown in all_shown:
        try:
            auth.look_up(shown)
        except PortalError as error:
            gone[shown] = error
    return gone


_gone = database_sync_to_async(gone_among, thread_sensitive=False)
session_watch = SessionWatch()
