"""Models that models.yaml lists, and their provider no longer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.found import Found, Unknown, digest
from registry.health.health import is_missing
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.snapshot import Registry

KIND = "drift"
MAX_NAMED = 20


def find(registry: Registry) -> Iterator[Found | Unknown]:
    """Yield providers that lack models. One that is down lists nothing: nothing is known of it."""
    for name, health in monitor.of(registry).items():
        if health.names is None:
            yield Unknown(KIND, name)
            continue
        models = [model for model in registry.models.values() if model.provider == name]
        missing = sorted(model.id for model in models if is_missing(model, health))
        if missing:
            yield Found(KIND, name, digest(missing), _text(name, missing), {"models": missing})


def _text(provider: str, missing: list[str]) -> str:
    rest = len(missing) - MAX_NAMED
    named = ", ".join(missing[:MAX_NAMED]) + (f" and {rest} others" if rest > 0 else "")
    return f"{provider} does not have models that models.yaml lists: {named}."
