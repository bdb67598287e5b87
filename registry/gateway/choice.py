"""Which model is asked first: the one that was chosen, unless it cannot answer and another may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from core.errors import PortalError, Sentence
from core.logs.requests import note
from core.text import listing, quote
from registry import usage
from registry.entities import Tried
from registry.gateway.attempts import as_fallback
from registry.gateway.explained import explain
from registry.health.breaker import SKIPPED
from registry.health.monitor import monitor
from registry.identifiers import titles
from registry.snapshot.part import part_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.access import Access
    from registry.entities import Resolution
    from registry.snapshot import Registry

NOT_LOCAL = "not_local"  # why another model answers what stays in the house
HELD = _("This holds {kinds}; leave that out, or ask a local model.")
NOT_CLEARED = _("This stays in the house, and {model} is not cleared for that.")
ONE_OTHER = _("{count} model is not cleared.")
OTHERS = _("{count} models are not cleared.")
CHOOSE = _("Choose one of {models}.")
NONE_CLEARED = _(
    "No model is cleared: an operator marks a provider with `local: true` in models.yaml."
)


def choose(
    registry: Registry,
    capability: str,
    override: str,
    access: Access,
    *,
    fallback: bool = False,
) -> Resolution:
    """Return the model to ask for a caller with this access.

    An override has fallbacks only if the caller asks for them: `fallback`.
    Raises PortalError as `Registry.resolve` does, and permission_denied (what stays in the house),
    provider_unconfigured.
    Calls take only a resolution that was chosen here.
    """
    registry = part_of(registry, access.models)
    resolution = registry.resolve(capability, override, access.groups)
    if access.identifiers:
        resolution = replace(resolution, identifiers=access.identifiers)
    if resolution.fallbacks:
        others = tuple(_others(registry, resolution, access))
        resolution = _first(resolution, others, access, may_fall_back=fallback or not override)
    note(model=resolution.id)
    if error := _refusal(registry, resolution, access):
        explain(error, resolution)
        raise error
    return resolution


def _refusal(registry: Registry, resolution: Resolution, access: Access) -> PortalError | None:
    """Return the error for a model that this request may not ask, or that no one can."""
    provider = resolution.provider
    if not access.clears(local=provider.local):
        return _not_local(registry, resolution, access)
    if not provider.configured:
        message = f"{provider.name} is not set up: {provider.detail}."
        if provider.endpoint.missing:
            message += (
                " An operator sets it in the environment or in .env, and restarts the portal."
            )
        return PortalError("provider_unconfigured", message)
    return None


def _not_local(registry: Registry, resolution: Resolution, access: Access) -> PortalError:
    """Return the error for what stays in the house, with the models that may get it."""
    able = registry.able(resolution.capability, access.groups)
    local = [model.id for model in able if registry.providers[model.provider].local]
    others = len(able) - len(local)
    held = [Sentence(HELD, kinds=titles(access.identifiers))] if access.identifiers else []
    sentences = [
        *held,
        Sentence(NOT_CLEARED, model=quote(resolution.id, 80)),
        Sentence(ONE_OTHER if others == 1 else OTHERS, count=others),
        Sentence(CHOOSE, models=listing(local)) if local else Sentence(NONE_CLEARED),
    ]
    return PortalError("permission_denied", sentences, param="model")


def _others(registry: Registry, resolution: Resolution, access: Access) -> Iterator[Resolution]:
    """Yield the fallbacks that the caller may use, as the caller may see them."""
    for other in resolution.fallbacks:
        if access.may_use(other.allow) and access.clears(local=other.provider.local):
            seen = registry.seen_by(other, access.groups)
            yield replace(seen, identifiers=access.identifiers) if access.identifiers else seen


def _first(
    resolution: Resolution, others: tuple[Resolution, ...], access: Access, *, may_fall_back: bool
) -> Resolution:
    """Return the model to begin with, with its fallbacks: `others`.

    Without `may_fall_back` it is the one that was chosen, and errors offer the others.
    """
    if not may_fall_back:
        return replace(resolution, fallbacks=(), offers=tuple(other.id for other in others))
    if not access.clears(local=resolution.provider.local):
        return _instead(resolution, others, NOT_LOCAL)
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
            chosen = as_fallback(other, resolution.id, code, tried)
            return replace(chosen, fallbacks=others[number + 1 :])
    return replace(resolution, fallbacks=others)
