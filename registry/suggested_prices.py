"""Prices that models may have, which operators see as suggestions: none is in use."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from registry.config.known_prices import NotInstalledError, check_installed, known_price

if TYPE_CHECKING:
    from registry.config.known_prices import KnownPrice
    from registry.snapshot import Registry


def suggestions(registry: Registry) -> dict[str, KnownPrice | None]:
    """Return the known price of each model without one, but for those in the house.

    Raises NotInstalledError.
    """
    check_installed()
    today = localdate().isoformat()
    return {
        model.id: _known(provider.endpoint.base_url, model.name, today)
        for model in registry.models.values()
        if not model.ref.price and not (provider := registry.providers[model.provider]).local
    }


@lru_cache(maxsize=4096)
def _known(address: str, name: str, day: str) -> KnownPrice | None:
    return known_price(address, name)


def hints(registry: Registry) -> dict[str, KnownPrice]:
    """Return the known prices by the model's ID; none without the extra."""
    try:
        known = suggestions(registry)
    except NotInstalledError:
        return {}
    return {model: price for model, price in known.items() if price}
