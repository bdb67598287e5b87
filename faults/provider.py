"""The fake provider of tests, which also plays by the name of the model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.support.fake_provider import FakeProvider, Recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

HOLD = "hold"  # until the portal closes; unlike HANG, any number of requests may
FOREVER = "forever"  # repeats what stands before it


class Provider(FakeProvider):
    """`plays` maps names of models to the steps of each request for them."""

    def __init__(self) -> None:
        self.plays: dict[str, Sequence[Any]] = {}
        super().__init__()

    def reset(self) -> None:
        super().reset()
        self.plays.clear()

    def of(self, model: str) -> list[Recorded]:
        """Return the requests for `model`."""
        return [post for post in [*self.posts] if (post.body or {}).get("model") == model]

    def _steps(self, request: Recorded) -> tuple[Any, ...]:
        body = request.body if isinstance(request.body, dict) else {}
        steps = self.plays.get(body.get("model", ""))
        return super()._steps(request) if steps is None else tuple(steps)

    async def _play(self, steps: tuple[Any, ...], request: Recorded, writer: Any) -> bool:
        if not steps or steps[-1] not in (HOLD, FOREVER):
            return await super()._play(steps, request, writer)
        await super()._play(steps[:-1], request, writer)
        while not request.peer_closed.is_set():
            if steps[-1] == FOREVER:
                writer.write(steps[-2])
                await writer.drain()
            await asyncio.sleep(0 if steps[-1] == FOREVER else 0.02)
        return False
