"""The options of dropdowns: the models with a capability, by provider, with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.text import listing
from registry.config.price import on_day
from registry.health.health import is_missing
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.access import Groups
    from registry.config.price import Price
    from registry.entities import Model, Provider
    from registry.health.health import Health
    from registry.snapshot import Registry
    from registry.state.service import Switch

HEALTH = {
    "healthy": _("healthy"),
    "degraded": _("has problems"),
    "unreachable": _("not reachable"),
    "auth_failed": _("refuses the portal's key"),
    "unconfigured": _("not set up"),
    "unknown": _("not checked yet"),
}
TROUBLE = ("unreachable", "auth_failed", "unconfigured")
EXCEPTIONS = {
    "degraded": _("has problems"),
    "unreachable": _("does not answer"),
    "auth_failed": _("does not answer"),
    "unconfigured": _("not set up"),
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
    window, price = model.ref.context_window, on_day(model.ref.price, localdate())
    context = window and gettext("{count} tokens").format(
        count=number_format(window, force_grouping=True)
    )
    demo = model.ref.demo and gettext("only for demonstration")
    return [fact for fact in (demo, context, price and _cost(price), _end(model)) if fact]


def _end(model: Model) -> str:
    """Return on which day its provider ends it, if the file says so."""
    if model.ref.ends is None:
        return ""
    return gettext("ends on {day}").format(day=date_format(date.fromisoformat(model.ref.ends)))


def _cost(price: Price) -> str:
    if price.input is None or price.output is None:
        each = price.call if price.image is None else price.image
        text = gettext("{cost} each") if price.image is None else gettext("{cost} per image")
        return text.format(cost=_amount(each or 0, price))
    return gettext("{input} in, {output} out per million tokens").format(
        input=_amount(price.input, price), output=_amount(price.output, price)
    )


def _amount(amount: float, price: Price) -> str:
    return f"{number_format(f'{amount:g}')} {price.currency}".strip()


def place(provider: Provider) -> str:
    """Return where texts go that this provider gets."""
    if provider.serves:
        where = gettext("Stays on this machine")
    elif provider.local:
        where = gettext("Stays in the house")
    else:
        where = gettext("Goes to {name}").format(name=provider.name)
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
        yield str(words)
    elif is_missing(model, health):
        yield gettext("not there")
    if model.ref.deprecated and (instead := model.ref.replacement):
        yield gettext("deprecated: use {instead}").format(instead=instead)
    elif model.ref.deprecated:
        yield gettext("deprecated")


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
    text = gettext("Only members of {groups} may use {model}: for all others there is no default.")
    groups = listing(sorted(model.allow)) or gettext("no group")
    return text.format(groups=groups, model=model.id)


def _unhealthy(registry: Registry, model: Model) -> str | None:
    health = monitor.of(registry)[model.provider]
    if health.status in ("healthy", "unknown") and not is_missing(model, health):
        return None
    if is_missing(model, health):
        text = gettext("But {provider} does not have this model.")
    else:
        text = gettext("Health of {provider}: {state}.")
    said = text.format(provider=model.provider, state=HEALTH[health.status])
    return f"{said} {health.detail}".strip()
