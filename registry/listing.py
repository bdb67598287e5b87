"""The list of models for people and programs, and which of them may be chosen. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from core.access import may_use
from core.errors import PortalError
from core.text import quote
from registry.config.price import on_day
from registry.model_id import did_you_mean_model, parse_model_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.access import Groups
    from registry.entities import Model
    from registry.snapshot import Registry


def get_models(
    registry: Registry, capability: str = "", groups: Groups | None = None
) -> dict[str, Any]:
    """Return `{defaults, primaries, models}` as the API shows them to members of `groups`."""
    if capability:
        registry.check_capability(capability)
    models = visible(registry, groups)
    ids = {model.id for model in models}
    primaries = {
        name: asdict(primary)
        for name, primary in registry.primaries.items()
        if primary.model in ids
    }
    return {
        "defaults": {name: id_ for name, id_ in registry.defaults.items() if id_ in ids},
        "primaries": primaries,
        "models": [
            describe(registry.as_seen(model, groups))
            for model in models
            if not capability or model.serves(capability)
        ],
    }


def visible(registry: Registry, groups: Groups | None) -> list[Model]:
    """Return the models that members of `groups` may use (None: all)."""
    return [model for model in registry.models.values() if may_use(model.allow, groups)]


def describe(model: Model) -> dict[str, Any]:
    """Return the public fields of `model`."""
    ref, price = model.ref, on_day(model.ref.price, date.today())
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
        "ends": ref.ends,
        "price": price.public() if price else None,
    }


def listed(registry: Registry, capability: str, model_id: str) -> Model:
    """Return the listed model that has `capability`. Raises PortalError."""
    model = registry.find(model_id)
    if model is None:
        raise not_listed(model_id, registry.able(capability))
    registry.resolve(capability, model.id)
    return model


def check_known(registry: Registry, model_id: str) -> None:
    """Raise PortalError unless `model_id` is listed, or its provider takes what is not."""
    provider = registry.providers.get(parse_model_id(model_id).provider)
    if not registry.find(model_id) and not (provider and provider.takes_unlisted(None)):
        raise not_listed(model_id, registry.models.values())


def not_listed(model_id: str, models: Iterable[Model]) -> PortalError:
    """Return the error for an ID that is not listed. It suggests one of `models`."""
    near = did_you_mean_model(model_id[:200], (model.id for model in models))
    message = f"{quote(model_id, 80)} is not listed.{near} See GET /v1/ai/models."
    return PortalError("model_not_found", message, param="model")


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
