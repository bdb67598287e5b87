"""The other models that may answer, for each model and capability: made once, at load."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from registry.config.model_index import key_of
from registry.config.rules.fallbacks import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from registry.config.schema import ModelsConfig
    from registry.entities import Resolution

    Listed = Mapping[tuple[str, str], Resolution]


def with_fallbacks(listed: Listed, models: ModelsConfig) -> dict[tuple[str, str], Resolution]:
    """Return `listed` where each resolution has its fallbacks; they have none themselves."""
    return {
        key: replace(resolution, fallbacks=others) if others else resolution
        for key, resolution in listed.items()
        for others in [tuple(_fallbacks(resolution, listed, models))]
    }


def _fallbacks(
    resolution: Resolution, listed: Listed, models: ModelsConfig
) -> Iterator[Resolution]:
    for model_id in _ids(resolution, models):
        provider, _, name = model_id.partition(":")
        other = listed.get((resolution.capability, key_of(provider, name, models)))
        other = listed.get((resolution.capability, model_id)) or other
        if other and other.id != resolution.id and not _leaves(resolution, other):
            yield other


def _ids(resolution: Resolution, models: ModelsConfig) -> Iterable[str]:
    """Return what the file names: at the model, or else for its capability."""
    if resolution.capability in NEVER:
        return ()
    own = resolution.model.ref.fallback if resolution.model else ()
    return own or models.fallbacks.get(resolution.capability, ())


def _leaves(resolution: Resolution, other: Resolution) -> bool:
    """Would a request to a provider that is `local` go to one that is not?"""
    return resolution.provider.local and not other.provider.local
