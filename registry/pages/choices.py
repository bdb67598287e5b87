"""The options of dropdowns: the models with a capability, by provider, with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from core.text import listing
from registry.health.health import is_missing
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.access import Groups
    from registry.entities import Model, Provider
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
EXCEPTIONS = {
    "degraded": "has problems",
    "unreachable": "does not answer",
    "auth_failed": "does not answer",
    "unconfigured": "not set up",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A model in a dropdown. `used`: it is the default. `exceptions` are reasons against it.

    `trouble`: it will probably not answer.
    """

    model: Model
    provider: Provider
    used: bool
    trouble: bool
    exceptions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.model.id

    @property
    def title(self) -> str:
        return self.model.title

    @property
    def state(self) -> str:
        return ", ".join(self.exceptions)

    @property
    def label(self) -> str:
        return f"{self.title} — {self.state}" if self.exceptions else self.title

    @property
    def facts(self) -> list[str]:
        """Return where the text goes, how much the model takes, and what it costs."""
        return [place(self.provider), *facts(self.model)]


def facts(model: Model) -> list[str]:
    """Return what `model` is for, how much it takes, and what it costs, as far as the file says."""
    window, price = model.ref.context_window, model.ref.price
    context = window and f"{window:,} tokens"
    cost = price and f"{price.input:g} in, {price.output:g} out per million tokens"
    demo = model.ref.demo and "only for demonstration"
    return [fact for fact in (demo, context, cost) if fact]


def place(provider: Provider) -> str:
    """Return where texts go that this provider gets."""
    if provider.serves:
        where = "Stays on this machine"
    else:
        where = "Stays in the house" if provider.local else f"Goes to {provider.name}"
    return f"{where}: {provider.data}" if provider.data else where


@dataclass(frozen=True, slots=True)
class Choices:
    """`groups` has each provider with its models; `default` is used if the user chooses none."""

    capability: str
    default: Choice | None
    groups: list[tuple[str, list[Choice]]]

    @property
    def any_local(self) -> bool:
        return any(choice.provider.local for _, models in self.groups for choice in models)


def choices(registry: Registry, capability: str, groups: Groups | None) -> Choices:
    """Return the models that members of `groups` may choose. Health hides none of them."""
    health = monitor.of(registry)
    used = registry.defaults.get(capability, "")

    def choice(model: Model) -> Choice:
        state, seen = health[model.provider], registry.as_seen(model, groups)
        return Choice(
            seen,
            registry.providers[model.provider],
            model.id == used,
            state.status in TROUBLE or is_missing(model, state),
            tuple(_exceptions(seen, state)),
        )

    options = [choice(model) for model in registry.able(capability, groups)]
    default = next((option for option in options if option.used), None)
    return Choices(capability, default, _by_provider(options))


def _by_provider(options: list[Choice]) -> list[tuple[str, list[Choice]]]:
    """Return each provider with its models, those that will probably not answer last."""
    by_name = [
        (name, sorted(models, key=attrgetter("trouble")))
        for name, models in groupby(options, lambda option: option.provider.name)
    ]
    return sorted(by_name, key=lambda group: all(option.trouble for option in group[1]))


def _exceptions(model: Model, health: Health) -> Iterator[str]:
    if words := EXCEPTIONS.get(health.status):
        yield words
    elif is_missing(model, health):
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
