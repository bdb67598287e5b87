"""One prompt to one model, answered in the provider's own words: what `/ws/raw/` sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.answers.answer import Answer
from chat.frames import RawAsk
from core import auth
from core.errors import PortalError
from registry.gateway import calls as complete
from registry.providers.wire import Record, bad_response
from registry.state.service import service

if TYPE_CHECKING:
    from chat.answers.answer import Send
    from core.auth import Credentials
    from registry.entities import Resolution
    from registry.providers.wire import Body, Event

MAX_EVENT = 160 * 1024  # six times as much, if all of it must be escaped, fits into a frame


class Raw(Answer[RawAsk]):
    """Relays the text of each event of the provider's. Nothing is stored."""

    wants_records = True

    def __init__(self, ask: RawAsk, send: Send, credentials: Credentials) -> None:
        super().__init__(ask, ask.id, send)
        self.credentials = credentials

    async def prepare(self) -> tuple[Resolution, Body]:
        principal = await auth.look_up_in_thread(self.credentials)
        ask = self.ask
        if ask.capability == "embeddings":
            message = "Sockets relay text. Vectors come from POST /v1/embeddings."
            raise PortalError("invalid_request", message, param="capability")
        resolution = complete.choose(
            service.current, ask.capability, ask.model or "", principal.groups
        )
        return resolution, {"messages": [{"role": "user", "content": ask.content}]}

    async def begin(self, resolution: Resolution) -> None:
        await self.frame("status", state="waiting", resolution=resolution.as_dict())

    async def relay(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Record):
                await self._relay_record(event.data)

    async def _relay_record(self, data: bytes) -> None:
        if len(data) > MAX_EVENT:
            raise bad_response(f"an event is over {MAX_EVENT} bytes")
        await self.flow("event", len(data), data=data.decode("utf-8", "replace"))
