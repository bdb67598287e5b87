"""The health of a provider with several servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.health.health import Health

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.health.health import Status


def together(healths: Mapping[str, Health]) -> Health:
    """Return the health of a provider from that of its servers, by address.

    It is degraded if some are healthy and others are not. `names` are the models that all of those
    have that answer and list theirs.
    """
    known = {server: health for server, health in healths.items() if health.checked}
    if not known:
        return Health("unknown")
    fine = [health for health in known.values() if health.status == "healthy"]
    unwell = [f"{name}: {_words(health)}" for name, health in known.items() if health not in fine]
    detail = f"{len(fine)} of {len(healths)} servers are healthy. {' '.join(unwell)}"
    lists = [set(health.names) for health in known.values() if health.names is not None]
    return Health(
        _status({health.status for health in known.values()}),
        detail if unwell else "",
        min(health.checked or 0.0 for health in known.values()),
        max((health.latency_ms or 0 for health in fine), default=None),
        tuple(sorted(set.intersection(*lists))) if lists else None,
    )


def _status(statuses: set[Status]) -> Status:
    if len(statuses) == 1:
        return next(iter(statuses))
    return "degraded" if statuses & {"healthy", "degraded"} else "unreachable"


def _words(health: Health) -> str:
    return health.detail or f"{health.status}."
