"""`manage.py models prices`: what models without a price cost, as far as that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.config.known_prices import KnownPrice

INTRODUCTION = "# Suggestions: compare them with your contract, and paste them. None is in use."
TIERS = "# Long requests cost more there: this is the price of short ones."


def lines(known: Mapping[str, KnownPrice | None]) -> Iterator[str]:
    """Yield the suggestions as lines to paste, then the models of which nothing is known."""
    if any(known.values()):
        yield INTRODUCTION
    for model, price in known.items():
        if price:
            yield f"\n# {model}: {price.model} of {price.source}; {price.page}".rstrip("; ")
            yield from [TIERS] * price.is_tiered
            yield price.line
    if unknown := [model for model, price in known.items() if not price]:
        yield f"\n# No price is known of {', '.join(unknown)}."
    if not known:
        yield "# Every model has a price, or is in the house."
