"""The options of dropdowns: the models with a capability, by provider, with their health."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from registry.health.health import is_missing
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.access import Groups
    from registry.entities import Model
    from registry.health.health import Health
    from registry.snapshot import Registry
    from registry.state.service import Switch

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
    """A model in a dropdown. `used`: it is the default. `notices` are reasons against it.

    `local`: it may get what stays in the house.
    """

    id: str
    title: str
    provider: str
    health: str
    used: bool
    local: bool
    notices: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return ", ".join((self.health, *self.notices))

    @property
    def label(self) -> str:
        return f"{self.title} — {self.state}{', primary' if self.used else ''}"


@dataclass(frozen=True, slots=True)
class Choices:
    """`groups` has each provider with its models; `default` is used if the user chooses none."""

    capability: str
    default: Choice | None
    groups: list[tuple[str, list[Choice]]]

    @property
    def any_local(self) -> bool:
        return any(choice.local for _, models in self.groups for choice in models)


def choices(registry: Registry, capability: str, groups: Groups | None) -> Choices:
    """Return the models that members of `groups` may choose. Health hides none of them."""
    health = monitor.of(registry)
    used = registry.defaults.get(capability, "")

    def choice(model: Model) -> Choice:
        state = health[model.provider]
        words, notices = HEALTH[state.status], tuple(_notices(model, state))
        local = registry.providers[model.provider].local
        return Choice(
            model.id, model.title, model.provider, words, model.id == used, local, notices
        )

    options = [choice(model) for model in registry.able(capability, groups)]
    return Choices(
        capability,
        next((option for option in options if option.used), None),
        [(name, list(models)) for name, models in groupby(options, lambda option: option.provider)],
    )


def _notices(model: Model, health: Health) -> Iterator[str]:
    if is_missing(model, health):
        yield "not there"
    if model.ref.deprecated:
        instead = model.ref.replacement
        yield f"deprecated: use {instead}" if instead else "deprecated"


def warning(switch: Switch) -> str | None:
    """Return a warning if the new default model has a problem."""
    model = switch.registry.models.get(switch.model or "")
    if model is None:
        return None
    health = monitor.of(switch.registry)[model.provider]
    if health.status in ("healthy", "unknown") and not is_missing(model, health):
        return None
    what = (
        "does not have this model" if is_missing(model, health) else f"is {HEALTH[health.status]}"
    )
    return f"But {model.provider} {what}. {health.detail}".strip()
