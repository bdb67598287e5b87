"""
Prices that the package genai-prices knows: suggestions for models.yaml. Only its own prices count.

The package has its data in itself, and asks no server. It is found by a provider's address, never
by a model's name alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from importlib.util import find_spec

PACKAGE, EXTRA = "genai-prices", "prices"
FIELDS = {"input": "input_mtok", "cached": "cache_read_mtok", "cache_write": "cache_write_mtok",
          "output": "output_mtok"}  # fmt: skip


class NotInstalledError(Exception):
    """The package is not installed; the message has the remedy."""

    def __init__(self) -> None:
        super().__init__(
            f"Known prices need the package {PACKAGE}. Install it where the portal runs:"
            f" pip install 'aimodels[{EXTRA}]'."
        )


@dataclass(frozen=True, slots=True)
class KnownPrice:
    """A price for a million tokens, in US dollars. `page` is the provider's own page of prices.

    `is_tiered`: long requests cost more, which a price of models.yaml cannot say.
    """

    amounts: dict[str, Decimal]
    model: str  # what the package calls it
    source: str
    page: str
    is_tiered: bool

    @property
    def line(self) -> str:
        """The line for models.yaml."""
        each = ", ".join(f"{name}: {amount.normalize():f}" for name, amount in self.amounts.items())
        return f"price: {{{each}, currency: USD}}"

    def as_dict(self) -> dict[str, object]:
        amounts = {name: float(amount) for name, amount in self.amounts.items()}
        return {**amounts, "currency": "USD", "model": self.model, "source": self.source,
                "page": self.page, "tiered": self.is_tiered}  # fmt: skip


def check_installed() -> None:
    """Raise NotInstalledError if the package is missing."""
    if not find_spec("genai_prices"):
        raise NotInstalledError


def known_price(address: str, name: str) -> KnownPrice | None:
    """Return today's price of a model at a provider's address; None if it is not known."""
    from genai_prices import Usage, calc_price  # reads a megabyte of data

    try:
        found = calc_price(Usage(input_tokens=1), name, provider_api_url=address)
    except LookupError:
        return None
    prices = {field: getattr(found.model_price, theirs) for field, theirs in FIELDS.items()}
    amounts = {field: Decimal(getattr(one, "base", one)) for field, one in prices.items() if one}
    if not {"input", "output"} <= amounts.keys():
        return None
    tiered = any(hasattr(one, "tiers") for one in prices.values())
    page = next(iter(found.provider.pricing_urls or ()), "")
    return KnownPrice(amounts, found.model.id, f"{PACKAGE} {version(PACKAGE)}", page, tiered)
