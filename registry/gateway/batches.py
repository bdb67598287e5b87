"""The events of a streamed response, in batches as they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from registry.gateway.pace import Pace
from registry.providers.events import ENDS

if TYPE_CHECKING:
    from registry.gateway.active import ActiveCall
    from registry.providers.events import Event
    from registry.providers.http.transport import Response
    from registry.providers.wire import ChatStream


class Batches:
    """Reads a response with its parser."""

    __slots__ = ("_active", "_ended", "_over", "_pace", "_parser", "_response")

    def __init__(self, response: Response, parser: ChatStream, active: ActiveCall) -> None:
        self._response, self._parser, self._active = response, parser, active
        self._pace = Pace(parser)
        self._ended = self._over = False  # the answer; the response

    async def next(self) -> list[Event]:
        """Return the next events, and none after the last, which is Done or Failure.

        Raises PortalError where the response breaks off.
        """
        if self._ended:
            await self._response.settle()
            self._over = True
        if self._over:
            return []
        try:
            while data := await self._response.some(self._pace.size):
                self._active.first_byte()
                if events := await self._pace.feed(data):
                    return self._noted(events)
                self._active.buffer(self._parser.waiting)
        except PortalError:
            if not self._parser.complete:
                raise
            self._parser.oddities.add("no end")
        self._over = True
        return [] if self._parser.ended else self._parser.close()

    def _noted(self, events: list[Event]) -> list[Event]:
        if self._active.buffered:
            self._active.buffer(0)
        if isinstance(events[-1], ENDS):
            self._ended = True
        elif self._parser.complete:
            self._response.expect_end()
        return events
