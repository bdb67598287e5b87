"""
The results of real calls, which health uses besides its probes.

Each worker keeps the last minute of its calls and shares it. Only errors of the provider count, not
those of the caller. Inside, times are of the monotonic clock; what is shared is in Unix time, as of
now, so that a clock that is set back or ahead changes no more than one exchange with the others.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Annotated

import msgspec

from registry.health.breaker import Breaker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from core.errors import PortalError

WINDOW = 60.0  # seconds
MAX_CALLS = 500  # kept per provider
MAX_ERRORS = 5
FAULTS = {
    "provider_error", "provider_bad_response", "provider_unreachable", "provider_auth_failed",
    "provider_timeout", "provider_quota_exhausted",
}  # fmt: skip


# Unix time. Values from other workers are limited, so that a wrong one cannot break a page.
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e11)]


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that failed: when, the error's code, and the scrubbed message."""

    at: Seconds
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """A provider's last minute: calls, failures, when one last succeeded, and the last errors."""

    calls: int = 0
    failures: int = 0
    succeeded: Seconds = 0.0
    errors: tuple[Failed, ...] = ()  # the latest last
    until: Seconds = 0.0  # when its breaker ends; 0 if that is closed

    @property
    def failed(self) -> float:
        """When a call last failed."""
        return self.errors[-1].at if self.errors else 0.0


class TrafficLog:
    """This worker's calls, by provider. Its methods are cheap: every answer calls one."""

    def __init__(self, unix_time: Callable[[], float] = time.time) -> None:
        self._unix_time = unix_time
        self._calls: dict[str, deque[tuple[float, bool]]] = {}
        self._succeeded: dict[str, float] = {}
        self._errors: dict[str, deque[Failed]] = {}
        self._breakers: dict[str, Breaker] = {}

    def forget(self) -> None:
        """Forget all calls."""
        for kept in (self._calls, self._succeeded, self._errors, self._breakers):
            kept.clear()

    def succeeded(self, provider: str) -> None:
        """Count a call that the provider answered."""
        now = time.monotonic()
        self._succeeded[provider] = now
        self._calls.setdefault(provider, deque(maxlen=MAX_CALLS)).append((now, True))

    def failed(self, provider: str, error: PortalError) -> None:
        """Count a failed call, if the provider is at fault."""
        now = time.monotonic()
        if is_fault(error):
            errors = self._errors.setdefault(provider, deque(maxlen=MAX_ERRORS))
            errors.append(Failed(now, error.code, error.message))
            calls = self._calls.setdefault(provider, deque(maxlen=MAX_CALLS))
            calls.append((now, False))
            self._breaker(provider).failed(now, calls, self._succeeded.get(provider, 0.0))
        if error.provider is not None and error.repeat_after is not None:
            self._breaker(provider).rest(now, error.repeat_after)

    def _breaker(self, provider: str) -> Breaker:
        return self._breakers.setdefault(provider, Breaker())

    def skips(self, provider: str, others: Traffic) -> bool:
        """Is the provider better not asked, as this worker's calls and all workers' say?"""
        if provider not in self._breakers and not others.until:
            return False
        breaker, now, answered = self._followed(provider, others)
        return breaker.skips(now, answered)

    def is_open(self, provider: str, others: Traffic) -> bool:
        """Is the provider's breaker open? No call is let through by this."""
        if provider not in self._breakers and not others.until:
            return False
        breaker, now, answered = self._followed(provider, others)
        return breaker.ends(now, answered) > 0

    def _followed(self, provider: str, others: Traffic) -> tuple[Breaker, float, float]:
        """Return the breaker, as open as those of `others`; now; and when an answer last came."""
        ahead, breaker = self._ahead(), self._breaker(provider)
        now = time.monotonic()
        breaker.adopt(now, others.until - ahead)
        return breaker, now, max(self._succeeded.get(provider, 0.0), others.succeeded - ahead)

    def _ahead(self) -> float:
        """Return by how much Unix time is ahead of the monotonic clock, now."""
        return self._unix_time() - time.monotonic()

    def traffic(self) -> dict[str, Traffic]:
        """Return each provider's last minute, in Unix time."""
        now, ahead = time.monotonic(), self._ahead()
        return {name: self._of(name, now, ahead) for name in {*self._calls, *self._breakers}}

    def _of(self, provider: str, now: float, ahead: float) -> Traffic:
        calls = list(self._calls.get(provider, ()))
        recent = [fine for at, fine in calls if at > now - WINDOW]
        answered = self._succeeded.get(provider, 0.0)
        until = self._breakers.get(provider, Breaker()).ends(now, answered)
        return Traffic(
            len(recent),
            recent.count(False),
            answered and answered + ahead,
            tuple(replace(e, at=e.at + ahead) for e in list(self._errors.get(provider, ()))),
            until and until + ahead,
        )


def is_fault(error: PortalError) -> bool:
    """Is the provider at fault? `overloaded` is also the portal's own, when no place is free."""
    return error.code in FAULTS or (error.code == "overloaded" and error.provider is not None)


def together(all_traffic: Iterable[Mapping[str, Traffic]]) -> dict[str, Traffic]:
    """Return the sum of the traffic of all workers."""
    total: dict[str, Traffic] = {}
    for traffic in all_traffic:
        for provider, own in traffic.items():
            total[provider] = _sum(total[provider], own) if provider in total else own
    return total


def of_servers(all_traffic: Collection[Traffic]) -> Traffic:
    """Return the traffic of a provider with several servers, which is open when all are."""
    total = reduce(_sum, all_traffic)
    return replace(total, until=min(traffic.until for traffic in all_traffic))


def _sum(first: Traffic, second: Traffic) -> Traffic:
    errors = sorted((*first.errors, *second.errors), key=lambda error: error.at)
    return Traffic(
        first.calls + second.calls,
        first.failures + second.failures,
        max(first.succeeded, second.succeeded),
        tuple(errors[-MAX_ERRORS:]),
        max(first.until, second.until),
    )


traffic_log = TrafficLog()
