"""The registry for a token that may use some models only: everything else is not there for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from registry.entities import Resolution
    from registry.snapshot.registry import Registry

K = TypeVar("K")
MAX_PARTS = 1000


def part_of(registry: Registry, ids: frozenset[str] | None) -> Registry:
    """Return the registry with the models `ids` only; None is all. Made once for a registry.

    An ID may be of a model that is not listed, if its provider takes such.
    """
    if ids is None:
        return registry
    part = registry.parts.get(ids)
    if part is None:
        if len(registry.parts) >= MAX_PARTS:
            registry.parts.clear()
        part = registry.parts[ids] = _part(registry, ids)
    return part


def _part(registry: Registry, ids: frozenset[str]) -> Registry:
    named = {model.id for id_ in ids if (model := registry.find(id_))}
    sections = {id_.partition(":")[0] for id_ in ids}
    part = replace(
        registry,
        models={id_: model for id_, model in registry.models.items() if id_ in named},
        providers={name: p for name, p in registry.providers.items() if name in sections},
        file_defaults={c: id_ for c, id_ in registry.file_defaults.items() if id_ in named},
        primaries={c: one for c, one in registry.primaries.items() if one.model in named},
        fallbacks={},  # of the file: those of resolutions are what counts
        whole=registry,
        ids=frozenset(registry.folded(id_) for id_ in ids),
        _by_folded={key: model for key, model in registry._by_folded.items() if model.id in named},
    )
    listed = _among(named, registry._listed, part)
    return replace(part, _listed=listed, _chosen=_among(named, registry._chosen, part))


def _among(
    named: Container[str], resolutions: Mapping[K, Resolution], part: Registry
) -> dict[K, Resolution]:
    """Return the resolutions of `named` models, without what a part does not have."""
    return {
        key: replace(
            part.seen_by(resolution, None),
            fallbacks=tuple(other for other in resolution.fallbacks if other.id in named),
        )
        for key, resolution in resolutions.items()
        if resolution.id in named
    }
