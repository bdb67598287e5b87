"""The list of models for people and programs, and which of them may be chosen. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.access import may_use
from core.errors import PortalError
from core.text import quote
from registry.model_id import did_you_mean_model

if TYPE_CHECKING:
    from core.access import Groups
    from registry.entities import Model
    from registry.snapshot import Registry


def get_models(
    registry: Registry, capability: str = "", groups: Groups | None = None
) -> dict[str, Any]:
    """Return `{defaults, primaries, models}` as the API shows them to members of `groups`."""
    if capability:
        registry.check_capability(capability)
    visible = [model for model in registry.models.values() if may_use(model.allow, groups)]
    ids = {model.id for model in visible}
    primaries = {
        name: asdict(primary)
        for name, primary in registry.primaries.items()
        if primary.model in ids
    }
    return {
        "defaults": {name: id_ for name, id_ in registry.defaults.items() if id_ in ids},
        "primaries": primaries,
        "models": [describe(m) for m in visible if not capability or capability in m.capabilities],
    }


def describe(model: Model) -> dict[str, Any]:
    """Return the public fields of `model`."""
    ref = model.ref
    return {
        "id": model.id,
        "provider": model.provider,
        "name": model.name,
        "title": model.title,
        "capabilities": list(model.capabilities),
        "description": ref.description,
        "context_window": ref.context_window,
        "deprecated": ref.deprecated,
        "replacement": ref.replacement,
        "price": ref.price.model_dump() if ref.price else None,
    }


def listed(registry: Registry, capability: str, model_id: str) -> Model:
    """Return the listed model that has `capability`. Raises PortalError."""
    model = registry.find(model_id)
    if model is None:
        near = did_you_mean_model(model_id[:200], (m.id for m in registry.able(capability)))
        raise PortalError(
            "model_not_found",
            f"{quote(model_id, 80)} is not listed.{near} See GET /v1/ai/models.",
            param="model",
        )
    registry.resolve(capability, model.id)
    return model


def check_current(model: Model) -> None:
    """Raise PortalError `model_deprecated` if the file marks `model` as deprecated."""
    if not model.ref.deprecated:
        return
    instead = f" Use {quote(model.ref.replacement, 80)}." if model.ref.replacement else ""
    raise PortalError(
        "model_deprecated",
        f"{quote(model.id, 80)} is deprecated.{instead} To choose it anyway, send `force` "
        "(command: --force; pages: even if deprecated).",
        param="model",
    )
