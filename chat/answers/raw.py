"""One prompt to one model, answered by the provider's own records: sent on `/ws/raw/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.answers.answer import Answer
from chat.frames import RawAsk
from core.auth.identity import look_up_in_turn
from core.errors import PortalError
from core.person import person
from registry.gateway import calls
from registry.gateway.attempts import Fitted
from registry.gateway.marking import marked_aside
from registry.providers.events import Record
from registry.providers.reading import bad_response
from registry.state.service import service

if TYPE_CHECKING:
    from chat.answers.sender import Send
    from core.auth.credentials import Credentials
    from registry.entities import Resolution
    from registry.providers.events import Event
    from registry.providers.wire import Body

ELSEWHERE = {
    "embeddings": "/v1/embeddings",
    "rerank": "/v1/rerank",
    "transcription": "/v1/audio/transcriptions",
    "image_generation": "/v1/images/generations",
}
MAX_RECORD = 160 * 1024  # bytes: six times as much, if all is escaped, fits into a frame


class RawAnswer(Answer[RawAsk]):
    """Relays the provider's records as they are. Nothing is stored."""

    door = "/ws/raw/"
    wants_records = True

    def __init__(self, ask: RawAsk, send: Send, credentials: Credentials) -> None:
        super().__init__(ask, ask.id, send)
        self.credentials = credentials

    async def prepare(self) -> tuple[Resolution, Body]:
        who = person.get()
        principal = await look_up_in_turn(self.credentials, who, in_grace=True)
        ask = self.ask
        if path := ELSEWHERE.get(ask.capability):
            message = f"Sockets relay text. For {ask.capability}, POST {path}."
            raise PortalError("invalid_request", message, param="capability")
        registry, access = service.current, principal.access.limited(local_only=ask.local_only)
        access = await marked_aside(registry, access, ask.content, len(ask.content))
        resolution = calls.choose(
            registry, ask.capability, ask.model or "", access, fallback=ask.fallback
        )
        body = {"messages": [{"role": "user", "content": ask.content}]}
        self.call.refit = lambda other: Fitted(other, body)
        return resolution, body

    async def begin(self, resolution: Resolution) -> None:
        await self.frame("status", state="waiting", resolution=resolution.as_dict())

    async def relay(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Record):
                await self._relay_record(event.data)

    async def _relay_record(self, data: bytes) -> None:
        if len(data) > MAX_RECORD:
            raise bad_response(f"an event is over {MAX_RECORD} bytes")
        await self.send_piece("event", len(data), data=data.decode("utf-8", "replace"))
