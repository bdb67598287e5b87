"""The options of dropdowns: the models with a capability, by provider, with their health."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from core.text import listing
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
TROUBLE = ("unreachable", "auth_failed", "unconfigured")


@dataclass(frozen=True, slots=True)
class Choice:
    """A model in a dropdown. `used`: it is the default. `notices` are reasons against it.

    `local`: it may get what stays in the house. `trouble`: it will probably not answer. `context`
    is in tokens.
    """

    id: str
    title: str
    provider: str
    health: str
    used: bool
    local: bool
    trouble: bool
    context: int | None
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
        notices = tuple(_notices(registry.as_seen(model, groups), state))
        return Choice(
            model.id,
            model.title,
            model.provider,
            HEALTH[state.status],
            used=model.id == used,
            local=registry.providers[model.provider].local,
            trouble=state.status in TROUBLE or is_missing(model, state),
            context=model.ref.context_window,
            notices=notices,
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
    """Return a warning if the new default model has a problem, or is not for everyone."""
    model = switch.registry.models.get(switch.model or "")
    if model is None:
        return None
    warnings = (_unhealthy(switch.registry, model), _restricted(model))
    return " ".join(text for text in warnings if text) or None


def _restricted(model: Model) -> str | None:
    if model.allow is None:
        return None
    groups = listing(sorted(model.allow)) or "no group"
    return f"Only members of {groups} may use {model.id}: for all others there is no default."


def _unhealthy(registry: Registry, model: Model) -> str | None:
    health = monitor.of(registry)[model.provider]
    if health.status in ("healthy", "unknown") and not is_missing(model, health):
        return None
    what = (
        "does not have this model" if is_missing(model, health) else f"is {HEALTH[health.status]}"
    )
    return f"But {model.provider} {what}. {health.detail}".strip()
