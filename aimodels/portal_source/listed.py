"""Providers with their health, and models, as the copies have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from registry.config.price import on_day
from registry.health.health import iso
from registry.health.monitor import monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.snapshot import Registry

Row = tuple[object, ...]


def providers(registry: Registry) -> Iterator[Row]:
    """Yield each provider, with its health now."""
    health = monitor.of(registry)
    for name, provider in registry.providers.items():
        one = health[name]
        yield name, provider.api, provider.local, one.status, iso(one.checked), one.latency_ms


def models(registry: Registry) -> Iterator[Row]:
    """Yield each listed model, with its price today."""
    today = timezone.localdate()
    for model in registry.models.values():
        price = on_day(model.ref.price, today)
        prices = (price.currency, price.input, _cached(price.cached, price.input), price.output) \
            if price else (None,) * 4  # fmt: skip
        yield (
            model.id, model.provider, model.title, model.ref.context_window,
            model.allow is not None, bool(model.ref.deprecated), *prices,
        )  # fmt: skip


def _cached(cached: float | None, whole: float | None) -> float | None:
    return whole if cached is None else cached


def capabilities(registry: Registry) -> Iterator[Row]:
    """Yield what each model can do, and whether it is the default for it."""
    for model in registry.models.values():
        for name in model.capabilities:
            yield model.id, name, registry.defaults.get(name) == model.id
