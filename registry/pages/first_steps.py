"""What makes each provider ready: the variable to set, the command to run. For operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from core.program import CHECKOUT, command
from registry.health.health import is_missing
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from registry.entities import Model, Provider
    from registry.health.health import Health
    from registry.snapshot import Registry

# What starts a server of this wire format, and what fetches a model for it.
START = {"ollama": "ollama serve"}
PULL = {"ollama": "ollama pull {name}"}


@dataclass(frozen=True, slots=True)
class Step:
    """A provider: `why` it is not ready, and the `commands` that change that; both may be empty."""

    provider: Provider
    health: Health
    why: str = ""
    commands: tuple[str, ...] = ()
    demo: Model | None = None  # one of its models, if it is for demonstration

    @property
    def ready(self) -> bool:
        return not self.why


def first_steps(registry: Registry) -> list[Step]:
    """Return the providers of the file, those that are ready first."""
    health = monitor.of(registry)
    steps = [
        _step(registry, provider, health[name]) for name, provider in registry.providers.items()
    ]
    return sorted(steps, key=lambda step: not step.ready)


def _step(registry: Registry, provider: Provider, health: Health) -> Step:
    own = [model for model in registry.models.values() if model.provider == provider.name]
    demo = next((model for model in own if model.ref.demo), None)
    why, commands = _remedy(provider, health, own)
    return Step(provider, health, why, commands, demo)


def _remedy(provider: Provider, health: Health, own: list[Model]) -> tuple[str, tuple[str, ...]]:
    """Return why a provider is not ready, and what to run."""
    if variables := provider.endpoint.missing:
        lines = tuple(f"echo '{name}=…' >> .env" for name in variables)
        return _unset(provider), (*lines, restart())
    if provider.absent:
        return provider.absent, (command("models fetch"),)
    if health.status == "auth_failed":
        return gettext("It refuses the key: set another one."), ()
    if health.status == "unreachable":
        start = command("serve_model") if provider.serves else START.get(provider.api, "")
        return gettext("It does not answer."), (start,) if start else ()
    pull = PULL.get(provider.api, "")
    missing = [model.name for model in own if is_missing(model, health)]
    if missing and pull:
        return gettext("It lacks models."), tuple(pull.format(name=name) for name in missing)
    return "", ()


def restart() -> str:
    """Return the command that starts this portal."""
    own = command("start")
    return "make run" if own.startswith(CHECKOUT) else own


def _unset(provider: Provider) -> str:
    text = gettext("Set {variables}, and start the portal again.")
    return text.format(variables=", ".join(provider.endpoint.missing))
