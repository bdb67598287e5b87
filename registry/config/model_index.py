"""The models of a file by ID, folded where their wire format folds names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.config.schema import CAPABILITIES
from registry.model_id import fold, serves
from registry.providers import WIRES

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.yaml.tree import Path
    from registry.config.schema import ModelRef, ModelsConfig


class ModelIndex:
    """The models of a configuration by ID, and the parts (`dropped`) that were removed from it."""

    def __init__(self, models: ModelsConfig, dropped: Collection[Path]) -> None:
        self.models = models
        self.dropped = dropped
        self.known = known_capabilities(models)
        self.refs = {
            key_of(name, model, models): ref
            for name, section in models.providers.items()
            for model, ref in section.registry.items()
        }

    def find(self, text: str) -> ModelRef | None:
        """Return the listed model with the ID `text`, or None."""
        provider, _, name = text.partition(":")
        return self.refs.get(key_of(provider, name, self.models))

    def is_dropped(self, *path: str | int) -> bool:
        """Was `path`, or a part around it, removed as invalid?"""
        return any(path[:end] in self.dropped for end in range(1, len(path) + 1))

    def able(self, capability: str) -> list[str]:
        """Return the IDs of the models that have `capability`."""
        return [key for key, ref in self.refs.items() if serves(ref.capabilities, capability)]


def known_capabilities(models: ModelsConfig) -> tuple[str, ...]:
    """Return the standard capabilities and those that the file declares."""
    return tuple(dict.fromkeys((*CAPABILITIES, *models.capabilities)))


def key_of(provider: str, name: str, models: ModelsConfig) -> str:
    """Return the ID of a model, folded where its wire format folds names."""
    section = models.providers.get(provider)
    wire = WIRES.get((section and section.api) or provider)
    return f"{provider}:{fold(name) if wire and wire.FOLDS else name}"
