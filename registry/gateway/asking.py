"""One answer as it is asked for: of one model, and of the next where that has failed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from registry.gateway.additions import Additions
from registry.gateway.attempts import Attempts, Fitted
from registry.gateway.caches import target_of
from registry.gateway.client import Client
from registry.gateway.explained import failed
from registry.gateway.question import Question, restored
from registry.gateway.servers import OnServer, on_server
from registry.metering.macs import prompt_of
from registry.metering.metered import Metered
from registry.metering.parameters import parameters_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection

    from core.http.call import Call
    from registry.providers.events import Event
    from registry.providers.wire import Body, Target

MAX_HOPS = 4  # portals before this one
LIMITS = ("max_tokens", "max_completion_tokens")

_ASK: dict[str, Callable[..., Awaitable[Any]]] = {
    "chat": Client.chat, "complete": Client.complete, "embed": Client.embed,
}  # fmt: skip


def check_hops(call: Call) -> None:
    """Raise PortalError `loop_detected`: a provider may be a portal, whose provider is this one."""
    if call.hops >= MAX_HOPS:
        message = "The request passed too many portals. Do their models.yaml name each other?"
        raise PortalError("loop_detected", message)


class Asking:
    """What is asked now, `resolution` and `body`, by `client`, and how long it may take: `limit`.

    `added` names fields of the body that may be left out. `wait` is the timeout in seconds of a
    model without one. With `streams` it counts until the first byte. `kind`: embed; else it follows
    from the body.
    """

    def __init__(
        self,
        fitted: Fitted,
        call: Call,
        added: Collection[str] = (),
        wait: float | None = None,
        *,
        kind: str = "",
        streams: bool = False,
    ) -> None:
        self._call, self._added, self._wait, self._streams = call, added, wait, streams
        self._began = time.monotonic()
        self._attempts: Attempts | None = None
        if fitted.resolution.provider.servers:
            fitted = fitted._replace(resolution=on_server(fitted.resolution))
            call.resolution = fitted.resolution
        self._use(fitted, kind or self._kind_of(fitted))
        self.limit = self._seconds() or (None if streams else wait)

    def _use(self, fitted: Fitted, kind: str) -> None:
        self.resolution, self.body, self.native = fitted
        self._kind = kind
        self.client = Client(self.resolution.at)
        self._additions = Additions(self.resolution, kind, self._added)

    def _kind_of(self, fitted: Fitted) -> str:
        if fitted.native:
            return "native"
        if self._streams:
            return "stream"
        return "chat" if "messages" in fitted.body else "complete"

    def _seconds(self) -> float | None:
        return self.resolution.first_byte if self._streams else self.resolution.timeout

    def _request(self) -> tuple[Target, Body]:
        return self._additions.apply(target_of(self.resolution), restored(self.body))

    async def whole(self) -> Any:
        """Return the whole answer. Raises PortalError."""
        target, sent = self._request()
        check_hops(self._call)
        if self.native:
            return await self.client.relay(self.native, target, sent, self.limit, self._call)
        return await _ASK[self._kind](self.client, target, sent, self.limit, self._call)

    def stream(self, *, records: bool) -> AsyncGenerator[list[Event], None]:
        """Return the batches of a streamed answer. Raises PortalError, as they do."""
        target, sent = self._request()
        self._call.dropped = self.dropped
        check_hops(self._call)
        return self.client.stream(
            target, sent, self.limit, self._call, records=records, native=self.native
        )

    def metered(self) -> Metered:
        """Return the meter of this attempt, to be entered around it."""
        body = restored(self.body)
        limits = (body.get(name) for name in LIMITS)
        most = next((limit for limit in limits if isinstance(limit, int)), None)
        more: dict[str, Any] = {
            "hides_cache": self.resolution.provider.shared_cache,
            "parameters": parameters_of(body),
            "images": self._images(),
            "prompt": prompt_of(body),
            "is_large": isinstance(body, Question),
            "read": self.native.text if self.native else None,
        }
        if self.resolution.server:
            return OnServer(self.resolution, self._call, most, **more)
        return Metered(self.resolution.chosen, self._call, most, **more)

    def _images(self) -> int:
        """Return how many images are asked for."""
        if self.resolution.capability != "image_generation":
            return 0
        return number if isinstance(number := self.body.get("n"), int) else 1

    @property
    def dropped(self) -> tuple[str, ...]:
        """The caller's fields that are left out, because the model refused them."""
        return self._additions.dropped(self.body)

    def answers(self) -> None:
        """Remember what the model takes: it answers."""
        self._additions.succeeded()

    async def after(self, error: PortalError) -> None:
        """Prepare the next attempt after an error. Raises the first one where there is none."""
        if self._additions.take_back(error, self.body):
            return
        failed(error, self.resolution)
        if self._attempts is None:
            wait = None if self._streams else self._wait
            self._attempts = Attempts(self._call, self.resolution, self._began, wait)
        fitted = await self._attempts.after(error, Fitted(self.resolution, self.body, self.native))
        # A body that was sent may have lost its messages: its kind stays.
        same = fitted.native is self.native
        self._use(fitted, self._kind if same else self._kind_of(fitted))
        self.limit = self._attempts.limit(self._seconds())
