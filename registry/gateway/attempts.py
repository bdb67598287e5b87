"""
The attempts at one answer, made when the first has failed: the I/O of `policy`.

The portal's `Call` carries what the attempts need, and what comes of them: `refit` fits the request
to another model, `report` shows that a model is loading, `resolution` is the one that answers if it
is not what was chosen first.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from core.errors import PortalError
from core.logs.requests import note
from registry import usage
from registry.entities import Tried
from registry.gateway.policy import MIN_SECONDS, Moment, Repeat, Step, following
from registry.gateway.servers import on_server
from registry.health.breaker import SKIPPED
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from core.http.call import Call
    from registry.entities import Resolution
    from registry.providers.wire import Body, Native


class Fitted(NamedTuple):
    """A request as one model gets it. `native`: in its provider's own format."""

    resolution: Resolution
    body: Body
    native: Native | None = None


Refit = Callable[["Resolution"], Fitted]


class Attempts:
    """What was tried since `began`, within the time that one answer has.

    That is the model's `timeout`, or else `wait`, or FIRST_BYTE_TIMEOUT. With `refit` these are
    attempts at several requests together, of which each has its own: only other models are asked.
    """

    def __init__(
        self,
        call: Call,
        resolution: Resolution,
        began: float,
        wait: float | None = None,
        *,
        refit: Refit | None = None,
    ) -> None:
        self.call = call
        self.tried = list(resolution.tried)
        self._asked = resolution.asked or resolution.id
        self._because = resolution.because
        fits = refit or call.refit
        self._refit: Refit = fits or _cannot
        self._others = list(resolution.fallbacks) if fits else []
        self._seconds = resolution.timeout or wait or settings.FIRST_BYTE_TIMEOUT
        self._end = began + max(self._seconds, resolution.first_byte or 0)
        self._began = began  # of the attempt under way
        self._first: PortalError | None = None
        self._only_others = refit is not None
        self._repeated = self._only_others
        self._servers: set[str] = set()  # those that were asked, by key

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    def limit(self, seconds: float | None) -> float:
        """Return how long the next attempt may take, if its model has `seconds`."""
        return max(round(min(seconds or self._seconds, self.left), 1), MIN_SECONDS)

    async def after(self, error: PortalError, last: Fitted) -> Fitted:
        """Return what is asked next. Raises the first error, with all attempts, if nothing is."""
        self._first = self._first or error
        self._note(last.resolution, error.code, time.monotonic() - self._began)
        at = Moment(
            bool(self._others),
            self._repeated,
            self.left,
            random.random(),  # noqa: S311
            self._patient,
            self._elsewhere(last.resolution),
        )
        step = following(error, at)
        if isinstance(step, Repeat):
            fitted = await self._repeat(error, last, step.seconds)
        elif step is Step.ELSEWHERE:
            fitted = self._again(error, last)
        elif step is Step.NEXT:
            fitted = self._next(error, last.resolution)
        else:
            raise self._failed()
        if not self._only_others:
            fitted = fitted._replace(resolution=on_server(fitted.resolution, self._servers))
        self._began = time.monotonic()
        self.call.resolution = fitted.resolution
        note(model=fitted.resolution.id)
        return fitted

    def _elsewhere(self, last: Resolution) -> bool:
        """Has the provider a server that was not asked?"""
        self._servers.add(last.at.key)
        servers = [] if self._only_others else last.provider.servers
        return any(server.key not in self._servers for server in servers)

    @property
    def _patient(self) -> bool:
        return self.call.report is not None

    def _note(self, resolution: Resolution, code: str, seconds: float) -> None:
        """Add an attempt; a model that is still loading is one attempt."""
        last = self.tried[-1] if self.tried else None
        if code == "model_loading" and last and (last.id, last.code) == (resolution.id, code):
            seconds += self.tried.pop().seconds
        server = resolution.server.server if resolution.server else ""
        self.tried.append(Tried(resolution.id, code, round(seconds, 3), server))

    async def _repeat(self, error: PortalError, last: Fitted, seconds: float) -> Fitted:
        if error.code == "model_loading" and self.call.report:
            await self.call.report("loading")
        else:
            self._repeated = True
        await asyncio.sleep(seconds)
        return self._again(error, last)

    def _again(self, error: PortalError, last: Fitted) -> Fitted:
        """Return the request for the same model again."""
        usage.retries.labels(last.resolution.provider.name, error.code).inc()
        return last._replace(resolution=replace(last.resolution, tried=tuple(self.tried)))

    def _next(self, error: PortalError, last: Resolution) -> Fitted:
        """Return the request for the next model that can take it."""
        self._because = self._because or error.code
        while self._others:
            other = self._others.pop(0)
            if not (fitted := self._fit(other)):
                continue
            self._repeated = self._only_others
            usage.fallbacks.labels(last.id, other.id, error.code).inc()
            return fitted
        raise self._failed()

    def _fit(self, other: Resolution) -> Fitted | None:
        """Return the request as `other` gets it; None if it cannot be asked, or better is not."""
        if not other.provider.configured:
            code = "provider_unconfigured"
        elif self._others and monitor.is_skipped(other.provider):
            code = SKIPPED
        else:
            try:
                return self._refit(as_fallback(other, self._asked, self._because, self.tried))
            except PortalError as problem:  # its provider does not take this request
                code = problem.code
        self._note(other, code, 0)
        return None

    def _failed(self) -> PortalError:
        """Return the first error, with all attempts if there was more than one."""
        assert self._first is not None
        if len(self.tried) > 1 and self._first.resolution is not None:
            self._first.resolution["tried"] = [attempt.as_dict() for attempt in self.tried]
        return self._first


def _cannot(other: Resolution) -> Fitted:
    raise AssertionError(f"without refit {other.id} is not asked")


def as_fallback(other: Resolution, asked: str, because: str, tried: list[Tried]) -> Resolution:
    """Return the resolution of a fallback, which says what was asked, and why not."""
    return replace(other, resolved_by="fallback", asked=asked, because=because, tried=tuple(tried))
