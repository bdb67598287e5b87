"""Providers that do not answer, or refuse the portal's key. Of several servers: all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.found import Found, Unknown
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.snapshot import Registry

KIND = "provider_down"
DOWN = {"unreachable": "is not reachable", "auth_failed": "refuses the portal's key"}


def find(registry: Registry) -> Iterator[Found | Unknown]:
    for name, health in monitor.of(registry).items():
        if health.status == "unknown":
            yield Unknown(KIND, name)
        elif words := DOWN.get(health.status):
            detail = f": {health.detail}" if health.detail else "."
            details = {"provider": name, "status": health.status}
            yield Found(KIND, name, health.status, f"{name} {words}{detail}", details)
