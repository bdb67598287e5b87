"""The rows of the models page, ready for a template."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.access import may_use
from registry.health.health import Health, is_missing
from registry.health.monitor import monitor
from registry.pages.choices import HEALTH, facts

if TYPE_CHECKING:
    from core.access import Groups
    from registry.entities import Model, Primary
    from registry.models import Change
    from registry.snapshot import Registry
    from registry.state.primaries import Primaries


@dataclass(frozen=True, slots=True)
class Row:
    """A model, with its provider's health and the capabilities for which it is the default."""

    model: Model
    health: Health
    default_for: list[str]
    skipped_until: float | None = None

    @property
    def words(self) -> str:
        return str(HEALTH[self.health.status])

    @property
    def skipped_for(self) -> int:
        """Return for how many more seconds the provider is skipped where another can answer."""
        return 0 if self.skipped_until is None else math.ceil(self.skipped_until - time.time())

    @property
    def not_default_for(self) -> list[str]:
        return [name for name in self.model.capabilities if name not in self.default_for]

    @property
    def facts(self) -> list[str]:
        """Return how much the model takes, and what it costs."""
        return facts(self.model)

    @property
    def missing(self) -> bool:
        return is_missing(self.model, self.health)


@dataclass(frozen=True, slots=True)
class Default:
    """The default model of a capability: its primary, or else the file's default.

    `hidden`: this reader may not use the model. For all but operators there is none. `unused` is a
    primary whose model is not listed in the file; the file's default is used instead.
    """

    capability: str
    model: Model | None
    primary: Primary | None
    hidden: bool = False
    unused: Primary | None = None


def rows(registry: Registry, groups: Groups | None, capability: str = "") -> list[Row]:
    """Return the models that members of `groups` may use, with `capability` if one is named."""
    health = monitor.of(registry)
    used = registry.defaults
    skipped = {name: monitor.skipped_until(p) for name, p in registry.providers.items()}
    return [
        Row(
            registry.as_seen(model, groups),
            health[model.provider],
            [c for c, id_ in used.items() if id_ == model.id],
            skipped[model.provider],
        )
        for model in registry.models.values()
        if may_use(model.allow, groups) and (not capability or model.serves(capability))
    ]


def defaults(registry: Registry, groups: Groups | None, stored: Primaries) -> list[Default]:
    """Return the default of each capability, as members of `groups` may see it."""
    result = []
    for capability in registry.shown:
        model = registry.models.get(registry.defaults.get(capability, ""))
        hidden = model is not None and not may_use(model.allow, groups)
        primary = registry.primaries.get(capability)
        unused = stored.chosen.get(capability) if primary is None and groups is None else None
        visible = (None, None) if hidden else (model, primary)
        result.append(Default(capability, *visible, hidden, unused))
    return result


def may_see(change: Change, registry: Registry, groups: Groups | None) -> bool:
    """May members of `groups` see `change`? Not if it names models that are not for them."""
    if groups is None:
        return True
    if change.kind == change.Kind.EDITED:
        return False
    models = [registry.models.get(name) for name in (change.before, change.after) if name]
    return all(model is not None and may_use(model.allow, groups) for model in models)
