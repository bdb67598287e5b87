"""The state of the portal, for `/v1/ai/models/status`: everything besides the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.access import may_use
from registry.health.health import Health, is_missing, iso, not_listed
from registry.health.monitor import monitor
from registry.state.service import service
from registry.workers.beat import Beat
from registry.workers.worker import worker

if TYPE_CHECKING:
    from core.access import Groups
    from registry.entities import Provider
    from registry.health.traffic import Traffic
    from registry.snapshot import Registry


def status(registry: Registry, groups: Groups | None, *, operator: bool) -> dict[str, Any]:
    """Return health, revision, worker and store; the details are for operators."""
    rejected = service.rejected
    result: dict[str, Any] = {
        "health": health_of(registry, groups, operator=operator),
        "revision": registry.revision,
        "rejected_edit": rejected and rejected.as_dict(operator=operator),
        "worker": worker.id,
        "store": store_state(),
    }
    if operator:
        result["workers"] = [_worker(beat) for beat in worker.living()]
    return result


def store_state() -> dict[str, bool]:
    """Return whether workers share the store, and whether it responds."""
    return {"shared": service.store.shared, "available": service.store_down is None}


def health_of(
    registry: Registry, groups: Groups | None, *, operator: bool
) -> dict[str, dict[str, Any]]:
    """Return each provider's health as the API shows it to members of `groups`.

    Operators see all providers; others do not see those of which they may use nothing.
    """
    return {
        name: _health(registry, name, health, groups, operator=operator)
        for name, health in monitor.of(registry).items()
        if operator or registry.knows(registry.providers[name], groups)
    }


def _health(
    registry: Registry, name: str, health: Health, groups: Groups | None, *, operator: bool
) -> dict[str, Any]:
    models = [model for model in registry.models.values() if model.provider == name]
    fields = health.as_dict(operator=operator)
    fields["missing"] = [
        model.id for model in models if may_use(model.allow, groups) and is_missing(model, health)
    ]
    provider = registry.providers[name]
    fields["skipped_until"] = _until(provider)
    if provider.servers:
        fields["servers"] = {
            server.server: {
                **monitor.last(server).as_dict(operator=operator),
                "skipped_until": _until(server),
            }
            for server in provider.servers
        }
    if operator:
        fields["not_listed"] = not_listed([model.name for model in models], health)
        fields["history"] = [{"at": iso(at), "status": status} for at, status in health.history]
        fields["traffic"] = _traffic(monitor.traffic_of(provider))
    return fields


def _until(provider: Provider) -> str | None:
    until = monitor.skipped_until(provider)
    return None if until is None else iso(until)


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
