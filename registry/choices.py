"""What the dropdowns offer: the models that can do a job, by provider, with health in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from registry.health import monitor

if TYPE_CHECKING:
    from registry.entities import Groups, Model
    from registry.snapshot import Registry

HEALTH = {
    "healthy": "healthy",
    "degraded": "has problems",
    "unreachable": "not reachable",
    "auth_failed": "refuses the portal's key",
    "unconfigured": "not set up",
    "unknown": "not checked yet",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A model as people see it. `used` tells that it answers when nobody chooses."""

    id: str
    title: str
    provider: str
    health: str
    used: bool
    deprecated: bool

    @property
    def label(self) -> str:
        words = [self.health, "primary" if self.used else "", "deprecated" * self.deprecated]
        return f"{self.title} — {', '.join(word for word in words if word)}"


@dataclass(frozen=True, slots=True)
class Choices:
    """`groups` are provider and models; `default` is what answers when nobody chooses."""

    capability: str
    default: Choice | None
    groups: list[tuple[str, list[Choice]]]


def choices(registry: Registry, capability: str, groups: Groups | None) -> Choices:
    """Return what members of `groups` may choose from. Health informs; it hides nothing."""
    health = {name: HEALTH[found.status] for name, found in monitor.of(registry).items()}
    used = registry.defaults.get(capability, "")

    def choice(model: Model) -> Choice:
        provider = model.provider
        return Choice(
            model.id, model.title, provider, health[provider], model.id == used,
            model.ref.deprecated,
        )  # fmt: skip

    found = [choice(model) for model in registry.able(capability, groups)]
    return Choices(
        capability,
        next((one for one in found if one.used), None),
        [(name, list(models)) for name, models in groupby(found, lambda one: one.provider)],
    )
