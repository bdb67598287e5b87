"""How the portal does: what `/v1/ai/models/status` tells beside the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access import may_use
from registry.health.health import NOTHING_SEEN, Health, is_missing, iso, not_listed
from registry.health.monitor import monitor
from registry.state.service import service
from registry.workers.worker import Beat, worker

if TYPE_CHECKING:
    from core.access import Groups
    from registry.health.traffic import Traffic
    from registry.snapshot import Registry


def status(registry: Registry, groups: Groups | None, *, operator: bool) -> dict[str, Any]:
    """Return health, revision, worker and store; the details are for operators."""
    rejected = service.rejected
    found: dict[str, Any] = {
        "health": health_of(registry, groups, operator=operator),
        "revision": registry.revision,
        "rejected_edit": rejected and rejected.as_dict(operator=operator),
        "worker": worker.id,
        "store": store_state(),
    }
    if operator:
        found["workers"] = [_worker(beat) for beat in worker.living()]
    return found


def store_state() -> dict[str, bool]:
    """Is the store one that workers share, and does it answer?"""
    return {"shared": service.store.shared, "available": service.store_down is None}


def health_of(
    registry: Registry, groups: Groups | None, *, operator: bool
) -> dict[str, dict[str, Any]]:
    """Return each provider's health as the API shows it to members of `groups`."""
    return {
        name: _shown(registry, name, health, groups, operator=operator)
        for name, health in monitor.of(registry).items()
    }


def _shown(
    registry: Registry, name: str, health: Health, groups: Groups | None, *, operator: bool
) -> dict[str, Any]:
    models = [model for model in registry.models.values() if model.provider == name]
    found = health.as_dict(operator=operator)
    found["missing"] = [
        model.id for model in models if may_use(model.allow, groups) and is_missing(model, health)
    ]
    if operator:
        found["not_listed"] = not_listed([model.name for model in models], health)
        found["history"] = [{"at": iso(at), "status": status} for at, status in health.history]
        found["traffic"] = _traffic(monitor.traffic.get(name, NOTHING_SEEN))
    return found


def _traffic(traffic: Traffic) -> dict[str, Any]:
    errors = [
        {"at": iso(error.at), "code": error.code, "message": error.message}
        for error in traffic.errors
    ]
    return {"calls": traffic.calls, "failures": traffic.failures, "last_errors": errors}


def _worker(beat: Beat) -> dict[str, Any]:
    return {
        "id": beat.id,
        "host": beat.host,
        "pid": beat.pid,
        "started_at": iso(beat.started),
        "seen_at": iso(beat.seen),
        "revision": beat.revision,
        "version": beat.version,
        "loaded_at": iso(beat.loaded),
        "rejected_at": beat.rejected,
    }
