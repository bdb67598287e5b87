"""The last events of a stream that broke off; other errors are OpenAI's, as on all its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chat.relays.answer import Relayed
from core.http.envelope import Form
from doors.responses.events import ResponseWriter
from doors.responses.kinds import failed
from registry.providers.framing import ServerSentEvents

if TYPE_CHECKING:
    from core.errors import PortalError
    from registry.providers.wire import Body


class _Event(msgspec.Struct):
    """What is read of a server's event."""

    response: dict[str, Any] = {}
    sequence_number: int = -1


_decode = msgspec.json.Decoder(_Event).decode


class ResponsesForm(Form):
    """Ends the response that `stream` writes: with its ID, and its next numbers."""

    def __init__(self, stream: object = None) -> None:
        self.stream = stream

    def of(self, stream: object) -> ResponsesForm:
        return ResponsesForm(stream)

    def last_event(self, error: PortalError, identifier: str) -> bytes:
        inside = self.error(error, identifier)["error"]
        if isinstance(self.stream, ResponseWriter):
            return self.stream.fail(inside)
        response: Body = {"id": f"resp_{identifier}", "object": "response", "created_at": 0}
        number = 0
        if isinstance(self.stream, Relayed):
            response |= _events(self.stream.first)[0].response
            number = _events(self.stream.last)[-1].sequence_number + 1
        return failed({**response, "output": []}, number, inside)


def _events(data: bytes) -> list[_Event]:
    """Return a server's own events in `data`, or one that says nothing."""
    try:
        return [_decode(record) for record in ServerSentEvents().feed(data)] or [_Event()]
    except msgspec.MsgspecError:  # they are of any form
        return [_Event()]
