"""Which model is asked first: the one that was chosen, unless it cannot answer and another may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.access import may_use
from registry import usage
from registry.entities import Tried
from registry.gateway.attempts import told
from registry.health.breaker import SKIPPED
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from core.access import Groups
    from registry.entities import Resolution


def first(resolution: Resolution, groups: Groups | None, *, may_fall_back: bool) -> Resolution:
    """Return the model to begin with, with the fallbacks that members of `groups` may use.

    Without `may_fall_back` it is the one that was chosen, and errors offer the others.
    """
    others = tuple(other for other in resolution.fallbacks if may_use(other.allow, groups))
    if not may_fall_back:
        return replace(resolution, fallbacks=(), offers=tuple(other.id for other in others))
    if may_use(resolution.allow, groups):
        if not resolution.provider.configured:
            return _instead(resolution, others, "provider_unconfigured")
        if monitor.is_skipped(resolution.provider):
            return _instead(resolution, others, SKIPPED)
    return replace(resolution, fallbacks=others)


def _instead(resolution: Resolution, others: tuple[Resolution, ...], code: str) -> Resolution:
    """Return the first of `others` that can be asked, or else the model that was chosen."""
    for number, other in enumerate(others):
        if other.provider.configured and not monitor.is_skipped(other.provider):
            usage.fallbacks.labels(resolution.id, other.id, code).inc()
            tried = [Tried(resolution.id, code, 0)]
            chosen = told(other, resolution.id, code, tried)
            return replace(chosen, fallbacks=others[number + 1 :])
    return replace(resolution, fallbacks=others)
