"""The file while it is upgraded: its sections, the aliases, and what is reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from core.errors import Problem
from core.yaml.tree import Entry, Node
from registry.config.schema import CAPABILITIES, SETTINGS
from registry.model_id import ModelID, fold
from registry.providers import WIRES


class Alias(NamedTuple):
    """`<alias>_model: value`. Without `alias` it comes from a primary that names its model."""

    alias: str
    target: ModelID
    entry: Entry


@dataclass
class Draft:
    """One upgrade. `models` and its sections are copies that the steps modify."""

    models: dict[str, Entry]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    uses: dict[ModelID, list[str]] = field(default_factory=dict)  # capabilities of the primaries

    def warn(self, entry: Entry, message: str) -> None:
        self.warnings.append(Problem(entry.line, entry.column, message))

    def report(self, place: Entry | Node, message: str) -> None:
        self.problems.append(Problem(place.line, place.column, message))

    @property
    def providers(self) -> dict[str, Entry]:
        return {
            key: entry
            for key, entry in self.models.items()
            if key not in SETTINGS and isinstance(entry.node.value, dict)
        }

    @property
    def capabilities(self) -> list[str]:
        declared = self.models.get("capabilities")
        own = declared.node.value if declared and isinstance(declared.node.value, list) else []
        return [*CAPABILITIES, *(node.value for node in own if isinstance(node.value, str))]

    def registry(self, provider: str) -> dict[str, Entry]:
        """Return the provider's `registry` mapping, which is created if missing."""
        section = self.models[provider]
        return mapping_in(section.node.value, "registry", section)

    def listed(self) -> list[ModelID]:
        """Return the models in `registry` mappings, and those of aliases."""
        sections = self.providers.items()
        own = [
            ModelID(provider, name)
            for provider, section in sections
            if "registry" in section.node.value
            for name in self.registry(provider)
        ]
        return list(dict.fromkeys([*own, *(alias.target for alias in self.aliases)]))

    def target(self, provider: str, name: str) -> ModelID:
        """Return the model's ID; if the file lists the same folded name, that ID."""
        section = self.models[provider].node.value
        api = section["api"].node.value if "api" in section else provider
        if isinstance(api, str) and api in WIRES and WIRES[api].FOLDS:
            alike = (
                t for t in self.listed() if t.provider == provider and fold(t.name) == fold(name)
            )
            return next(alike, ModelID(provider, name))
        return ModelID(provider, name)


def mapping_in(parent: dict[str, Entry], key: str, origin: Entry) -> dict[str, Entry]:
    """Return the mapping at `key`, which is created at the place of `origin` if missing."""
    if key not in parent:
        parent[key] = Entry(origin.line, origin.column, Node({}, origin.line, origin.column))
    value = parent[key].node.value
    return value if isinstance(value, dict) else {}
