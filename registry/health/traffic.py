"""
The results of real calls, which health uses besides its probes.

Each worker keeps the last minute of its calls and shares it. Only errors of the provider count, not
those of the caller.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

    @property
    def failed(self) -> float:
        """When a call last failed."""
        return self.errors[-1].at if self.errors else 0.0


class TrafficLog:
    """This worker's calls, by provider. Its methods are cheap: every answer calls one."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[tuple[float, bool]]] = {}
        self._succeeded: dict[str, float] = {}
        self._errors: dict[str, deque[Failed]] = {}

    def succeeded(self, provider: str) -> None:
        """Count a call that the provider answered."""
        now = time.time()
        self._succeeded[provider] = now
        self._calls.setdefault(provider, deque(maxlen=MAX_CALLS)).append((now, True))

    def failed(self, provider: str, error: PortalError) -> None:
        """Count a failed call, if the provider is at fault."""
        if is_fault(error):
            now = time.time()
            errors = self._errors.setdefault(provider, deque(maxlen=MAX_ERRORS))
            errors.append(Failed(now, error.code, error.message))
            self._calls.setdefault(provider, deque(maxlen=MAX_CALLS)).append((now, False))

    def traffic(self) -> dict[str, Traffic]:
        """Return each provider's last minute."""
        since = time.time() - WINDOW
        traffic = {}
        for provider in list(self._calls):
            recent = [fine for at, fine in list(self._calls[provider]) if at > since]
            traffic[provider] = Traffic(
                len(recent),
                recent.count(False),
                self._succeeded.get(provider, 0.0),
                tuple(self._errors.get(provider, ())),
            )
        return traffic


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


def _sum(first: Traffic, second: Traffic) -> Traffic:
    errors = sorted((*first.errors, *second.errors), key=lambda error: error.at)
    return Traffic(
        first.calls + second.calls,
        first.failures + second.failures,
        max(first.succeeded, second.succeeded),
        tuple(errors[-MAX_ERRORS:]),
    )


traffic_log = TrafficLog()
