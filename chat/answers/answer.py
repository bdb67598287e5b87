"""
One answer on a socket, from its question to its last frame. It runs in its own task.

A Channels consumer receives neither "stop" nor the disconnect while its handler runs, so the
handler only starts the task. `end` may be called at any moment: it closes the provider's connection
at once and keeps the text that arrived before.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from chat.answers.sender import Sender, stalled
from core.database.outages import report
from core.errors import PortalError
from core.http.call import Call
from core.http.envelope import in_frame
from core.http.tasks import restarting
from core.ids import as_uuid, new_id
from registry.gateway import calls
from registry.gateway.loading import report_loading
from registry.providers.events import Chunk, Done, Failure
from registry.providers.framing import whole_characters
from registry.providers.reading import usage as bare_usage

if TYPE_CHECKING:
    from chat.answers.sender import Send
    from registry.entities import Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body

logger = logging.getLogger(__name__)
AskT = TypeVar("AskT")
MAX_USAGE = 4096  # characters
# Why an answer ended early.
STOPPED, LEFT, LOST, RESTARTING = "stopped", "left", "lost", "restarting"
# Why one ended whose reader had gone: no one came back, signed out, or deleted the conversation.
AWAY, SIGNED_OUT, DELETED = "away", "signed_out", "deleted"
FINISH_REASONS = {STOPPED, LEFT, AWAY, SIGNED_OUT}  # stored as such


class Answer(Sender, Generic[AskT]):
    """Asks a model and relays its answer. Subclasses define the question and what is stored."""

    door: ClassVar[str] = "/ws/chat/"
    asks: ClassVar[bool] = True  # a model: it takes a place of its person
    wants_records: ClassVar[bool] = False  # the provider's own records, beside the events

    def __init__(self, ask: AskT, id: str, send: Send) -> None:  # noqa: A002
        super().__init__(id, send)
        self.ask = ask
        self.call = Call(new_id(), door=self.door)
        self.answered_by: Resolution | None = None  # after a failed attempt
        self.usage: Body | None = None
        self.finish_reason: str | None = None
        self.ended_by: str | None = None
        self.complete = False  # the provider sent a finish reason
        self._relaying: asyncio.Task[None] | None = None
        self._began = time.monotonic()

    @property
    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began) * 1000)

    def end(self, why: str) -> None:
        """End it early, at any moment. Does nothing if it is complete, or ended before."""
        if not self.complete and (self._relaying is None or self._relaying.cancel()):
            self.ended_by = self.call.why = self.ended_by or why

    def leave(self, why: str) -> None:
        """End it, because its reader has gone."""
        self.end(why)

    async def run(self) -> PortalError | None:
        """Relay the answer and store it. Return the error for `send_end`, or None."""
        error = await self._attempt()
        if error is None and self.ended_by in FINISH_REASONS:
            self.finish_reason = self.ended_by
        elif error is None and self.ended_by == RESTARTING:
            error = restarting()
        try:
            await self.store(error)
        except Exception as failure:
            what = "An answer could not be stored (request %s)"
            error = report(failure, logger, what, self.call.id)
        return error

    async def _attempt(self) -> PortalError | None:
        try:
            resolution, body = await self.prepare()
            if self.ended_by is None:
                self._relaying = asyncio.ensure_future(self._relay(resolution, body))
                await asyncio.wait({self._relaying})
                self._watchdog.stop()
                if self.stalled:
                    raise stalled()
                if not self._relaying.cancelled():
                    self._relaying.result()
        except PortalError as error:
            return error
        except Exception as failure:
            return report(failure, logger, "An answer failed (request %s)", self.call.id)
        return None

    async def _relay(self, resolution: Resolution, body: Body) -> None:
        """Relay the events of one answer. Raises PortalError if it breaks off."""
        await self.begin(resolution)
        self.call.report = self.status
        batches = calls.stream(resolution, body, self.call, records=self.wants_records)
        batches = report_loading(batches, resolution, self.call, self.status)
        async with aclosing(batches):
            async for events in batches:
                if self.call.resolution is not None and self.answered_by is None:
                    self.answered_by = self.call.resolution
                    if self.answered_by.id != resolution.id:
                        await self.fall_back(self.answered_by)
                await self.relay(events)
                for event in events:
                    if isinstance(event, Chunk):
                        self._note(event)
                    elif isinstance(event, Done):
                        self.complete = True
                    elif isinstance(event, Failure):
                        raise event.error

    def _note(self, chunk: Chunk) -> None:
        if chunk.usage:
            self.usage = storable(chunk.usage) or self.usage  # some servers repeat it, growing
        if chunk.finish_reason:
            self.finish_reason = whole_characters(chunk.finish_reason).replace("\0", "")[:50]

    async def send_end(self, error: PortalError | None) -> None:
        """Send the last frame."""
        more = self.ending()
        if self.call.receipt:
            more["receipt"] = as_uuid(self.call.receipt)
        if error is None:
            if self.answered_by:
                more["resolution"] = self.answered_by.as_dict()
            await self.frame("done", finish_reason=self.finish_reason, usage=self.usage, **more)
        else:
            await self.frame("error", **self.described(error), **more)

    def described(self, error: PortalError) -> dict[str, Any]:
        """Return what the frame of an error has."""
        return in_frame(error, self.call.id)

    def ending(self) -> dict[str, Any]:
        """Return what subclasses add to the last frame."""
        return {}

    async def begin(self, resolution: Resolution) -> None:
        """Send the status before the model is asked."""
        await self.status("waiting")

    async def fall_back(self, resolution: Resolution) -> None:
        """Send which other model answers, and what was tried before."""
        await self.frame("status", state="fallback", resolution=resolution.as_dict())

    async def status(self, state: str) -> None:
        await self.frame("status", state=state)

    def _stall(self) -> None:
        self.stalled = True
        if self._relaying is not None:
            self._relaying.cancel()

    async def prepare(self) -> tuple[Resolution, Body]:
        """Return the model and the body of its request. Raises PortalError."""
        raise NotImplementedError

    async def relay(self, events: list[Event]) -> None:
        """Send the reader's part of these events."""
        raise NotImplementedError

    async def store(self, error: PortalError | None) -> None:
        """Store the answer, which has ended; the base class stores nothing."""


def storable(usage: Body) -> Body | None:
    """Return a provider's `usage` if it can be stored and sent, else only its token counts."""
    try:
        text = json.dumps(usage, allow_nan=False)
        text.encode()
        if len(text) <= MAX_USAGE and "\\u0000" not in text and "\\ud" not in text:
            return usage
    except (ValueError, RecursionError):
        pass
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    return bare_usage(*counts)
