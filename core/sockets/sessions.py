"""
Closes the WebSockets of users who are no longer signed in.

Each question is checked anyway; this is for sockets without questions. One task checks all sockets
every SIGNED_IN_SECONDS, in one thread call, and ends when there are none.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from core.auth.principals import look_up
from core.database.outages import report
from core.database.threads import in_threads
from core.errors import PortalError
from core.http.tasks import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.auth.credentials import Credentials

logger = logging.getLogger(__name__)


class UserSocket(Protocol):
    """An open socket of a signed-in user."""

    credentials: Credentials

    async def sign_out(self, error: PortalError) -> None: ...


class SessionWatch:
    """The open sockets of this process."""

    def __init__(self) -> None:
        self._sockets: set[UserSocket] = set()
        self._task: asyncio.Task[None] | None = None

    def add(self, socket: UserSocket) -> None:
        self._sockets.add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._look())

    def discard(self, socket: UserSocket) -> None:
        self._sockets.discard(socket)

    async def _look(self) -> None:
        while self._sockets:
            await asyncio.sleep(settings.SIGNED_IN_SECONDS)
            try:
                expired = await _expired({socket.credentials for socket in self._sockets})
            except Exception as error:
                report(error, logger, "Sessions of open WebSockets could not be checked")
                continue
            for socket in [one for one in self._sockets if one.credentials in expired]:
                # In another task: its reader may be slow.
                tasks.start(socket.sign_out(expired[socket.credentials]))


def expired_among(all_credentials: Iterable[Credentials]) -> dict[Credentials, PortalError]:
    """Return the credentials that are no longer valid, with the reason."""
    expired = {}
    for credentials in all_credentials:
        try:
            look_up(replace(credentials, used=False))
        except PortalError as error:
            expired[credentials] = error
    return expired


_expired = in_threads(expired_among)
session_watch = SessionWatch()
