"""Whether costs differ by the price: what the provider's own counts cost by models.yaml. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ledger.reconcile.findings import CENT, SHARE, Cause
from registry.metering.price import MILLION, PER_UNIT, cost
from registry.metering.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ledger.reconcile.findings import Finding
    from registry.metering.price import Price

    # The price of a model's ID that counts since a day; None if models.yaml has it no more.
    PriceOf = Callable[[str, str], Price | None]

COST = frozenset({"cost"})


def causes(one: Finding, price_of: PriceOf) -> Iterator[Cause]:
    """Yield why costs differ, where a price or its absence is the cause."""
    if one.used.unpriced:
        models = ", ".join(sorted(one.used.models))
        text = f"{one.used.unpriced:,} calls have no cost: models.yaml had no price for {models}."
        yield Cause(text, COST if one.more("cost") > 0 else frozenset())
    ours, theirs = one.used.currencies - {""}, one.reported.currency
    if ours and theirs and ours != {theirs}:
        yield Cause(f"The ledger counts in {', '.join(sorted(ours))}, not in {theirs}.", COST)
    elif price := _price(one, price_of):
        yield from _by_price(one, price)


def _price(one: Finding, price_of: PriceOf) -> Price | None:
    """Return the price of all calls; None if there are several, or parts that files do not have."""
    if len(one.used.models) != 1 or len(one.used.since) != 1 or one.reported.input is None:
        return None
    (model,), (since,) = one.used.models, one.used.since
    price = price_of(model, since)
    return price if price and price.reasoning == price.output and not price.image else None


def _by_price(one: Finding, price: Price) -> Iterator[Cause]:
    """Compare the cost with that of the provider's own counts."""
    theirs, expected = one.reported.cost or Decimal(0), _expected(one, price)
    since = f"since {price.since}" if price.since else "from the first day"
    said = f"the price of models.yaml ({words(price)}, {since})"
    if abs(theirs - expected) < max(CENT, SHARE * theirs):
        others = "" if one.more("output") else " The calls were counted by another price."
        yield Cause(f"By {said}, what the provider counts costs what it asks.{others}", COST)
    else:
        text = f"The provider asks {amount(theirs)} for what costs {amount(expected)} by {said}."
        yield Cause(text, COST)


def _expected(one: Finding, price: Price) -> Decimal:
    reported = one.reported
    tokens = Tokens(reported.input or 0, reported.output or 0, reported.cached or 0,
                    reported.written or 0)  # fmt: skip
    others = price.call * ((reported.requests or one.used.whole.requests) - 1)
    return Decimal(cost(price, tokens) + others) / PER_UNIT


def words(price: Price) -> str:
    """Return the prices of a million tokens, and of a call."""
    parts = {"in": price.input, "cached": price.cached, "out": price.output}
    each = [f"{_number(number * MILLION)} {name}" for name, number in parts.items()]
    each += [f"{_number(price.call)} a call"] if price.call else []
    return ", ".join(each) + (f" {price.currency}" if price.currency else "")


def _number(parts: int) -> str:
    return f"{(Decimal(parts) / PER_UNIT).normalize():f}"


def amount(cost: Decimal) -> str:
    """Return a cost as reports show it."""
    return f"{cost:,.2f}" if cost >= 1 else f"{cost:.4f}"
