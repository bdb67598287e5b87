"""
Reads an answer that is being written, on whatever worker: sent on `/ws/chat/`.

The reader gets what is stored of it, then each second what was added, and its end.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import Error

from chat import progress
from chat.answers.answer import RESTARTING, STOPPED
from chat.answers.kept import threads
from chat.answers.pieces import Pieces
from chat.answers.sender import Sender, stalled
from chat.answers.text import plain
from core.database.outages import is_outage, report
from core.errors import PortalError
from core.http.call import Call
from core.http.envelope import in_frame
from core.http.tasks import restarting
from core.ids import new_id

if TYPE_CHECKING:
    from chat.answers.sender import Send
    from chat.frames import Follow
    from chat.progress import Part
    from core.auth.credentials import Credentials

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
COUNT_SECONDS = 2.0  # between reads that count: each is a write to the database

_read = threads.in_turn(progress.read)
_request_stop = threads.in_turn(progress.request_stop)


class Following(Sender):
    """Follows the answer that `ask` names until it ends. `end` stops that, or the answer."""

    asks: ClassVar[bool] = False

    def __init__(self, ask: Follow, send: Send, credentials: Credentials) -> None:
        super().__init__(ask.id, send)
        self.ask = ask
        self.call = Call(new_id())
        self.credentials = replace(credentials, used=False)  # it goes on by itself
        self.ended_by: str | None = None
        self.part: Part | None = None
        self._text_pieces = Pieces(self, ask.language)
        self._thought_at = self._text_at = 0
        self._stop = False
        self._counted_at = -COUNT_SECONDS
        self._woken = asyncio.Event()  # by a frame of the reader, or its leaving

    def end(self, why: str) -> None:
        """Stop the answer, if its reader wants that; else only stop to follow it."""
        if why == STOPPED:
            self._stop = True
        else:
            self.ended_by = self.ended_by or why
        self._woken.set()

    def leave(self, why: str) -> None:
        self.detach()
        self.end(why)

    def _stall(self) -> None:
        self.stalled = True
        self.window.release()
        self._woken.set()

    async def run(self) -> PortalError | None:
        """Send what comes. Return the error for `send_end`, or None."""
        try:
            await self._follow()
        except PortalError as error:
            return error
        except Exception as failure:
            return report(failure, logger, "An answer was not followed (request %s)", self.call.id)
        return restarting() if self.ended_by == RESTARTING else None

    async def _follow(self) -> None:
        """Read and send until all is sent. Raises PortalError."""
        while self.ended_by is None:
            await self._request_stop()
            part = await self._read()
            if part is not None:
                await self._send_part(part)
                if part.is_last:
                    return
            if self.stalled:
                raise stalled()
            if part is None or part.running:
                await self._rest()

    async def _request_stop(self) -> None:
        if self._stop:
            self._stop = False
            await _request_stop(self.credentials, self.ask.message)

    async def _read(self) -> Part | None:
        """Return what was added. None if the database does not answer for a while."""
        at = self._thought_at, self._text_at
        count = time.monotonic() - self._counted_at >= COUNT_SECONDS
        try:
            part = await _read(self.credentials, self.ask.message, *at, count=count)
        except Error as error:
            if not is_outage(error):
                raise
            return None
        if count:
            self._counted_at = time.monotonic()
        return part

    async def _send_part(self, part: Part) -> None:
        if self.part is None:
            await self._send_start(part.fields)
        self.part = part
        self._thought_at += len(part.thought)
        self._text_at += len(part.text)
        if self.ask.render:
            await self._text_pieces.send_rendered(part.thought, part.text)
        else:
            await self._text_pieces.send("delta", part.text)

    async def _rest(self) -> None:
        self._woken.clear()
        try:
            async with asyncio.timeout(INTERVAL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _send_start(self, fields: dict[str, Any]) -> None:
        await self.frame(
            "start",
            conversation=str(fields["conversation"]),
            message=self.ask.message,
            user_message=None,
            resolution=fields["resolution"],
            context={"messages_sent": fields["sent"], "messages_dropped": fields["dropped"]},
        )

    def _described(self, error: PortalError, model: str) -> dict[str, Any]:
        """Return the error; for pages also in plain words."""
        body = in_frame(error, self.call.id)
        if self.ask.render:
            body["error"]["plain"] = plain(error, model, self.ask.language)
        return body

    async def send_end(self, error: PortalError | None) -> None:
        """Send the last frame: how the answer ended."""
        fields = self.part.fields if self.part else {}
        if error is None and fields.get("error"):
            error = PortalError(fields["error"]["code"], fields["error"]["message"])
        if error is not None:
            return await self.frame("error", **self._described(error, fields.get("model", "")))
        more = {name: fields.get(name) for name in ("finish_reason", "usage", "resolution")}
        await self.frame("done", **more)
