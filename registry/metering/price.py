"""
What a call costs, in whole numbers of `PER_UNIT` parts of a currency's unit: so costs are exact.

Prices of a million tokens have up to six decimal places, so that the price of one is whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from registry.metering.tokens import Tokens

MILLION = 10**6
PER_UNIT = 10**12  # parts of a currency's unit, in which costs are counted


class Price(msgspec.Struct, array_like=True, frozen=True):
    """Prices of a token, an image and a call, in parts of the currency's unit.

    `since` is the day from which models.yaml says that it is valid, empty for the first.
    """

    currency: str = ""  # ISO 4217; empty: the organisation's own
    since: str = ""
    input: int = 0
    cached: int = 0
    written: int = 0
    output: int = 0
    reasoning: int = 0
    image: int = 0
    call: int = 0


def on_day(prices: tuple[Price, ...], day: str) -> Price | None:
    """Return the price that is valid on a day, as 2026-12-24; None if there is none yet."""
    valid = [price for price in prices if price.since <= day]
    return valid[-1] if valid else None


def charged(price: Price | None, tokens: Tokens, outcome: str, images: int = 0) -> int | None:
    """Return what a call that has ended costs; None without a price.

    One that did not succeed, and used nothing, costs nothing.
    """
    if outcome != "ok" and not (tokens.input or tokens.output or images):
        return 0
    return None if price is None else cost(price, tokens, images)


def cost(price: Price, tokens: Tokens, images: int = 0) -> int:
    """Return what a call costs, in parts of the currency's unit."""
    plain = max(tokens.input - tokens.cached - tokens.written, 0)
    return (
        plain * price.input
        + tokens.cached * price.cached
        + tokens.written * price.written
        + (tokens.output - tokens.reasoning) * price.output
        + tokens.reasoning * price.reasoning
        + images * price.image
        + price.call
    )
