"""What a model costs, as models.yaml says it: one price, or several with the days they begin on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, PlainValidator, TypeAdapter

from registry.config.strict import Strict
from registry.metering import price

_Amount = Annotated[FiniteFloat, Field(ge=0, le=1_000_000)]
INCOMPLETE = "Write `input` and `output`, for a million tokens each, or `image`, or `call`."
NO_DAY = "Only the first price may be without `from`. Write the day it is valid from: 2026-12-24."
MISORDERED = "Write the prices in the order of their days."
UNREADABLE = "Write a day: 2026-12-24."
OTHER_CURRENCY = "All prices of a model must have one currency."


class Price(Strict):
    """What a million tokens cost, an image, and a call."""

    currency: str = Field(
        "", pattern="^[A-Z]{3}$", description="EUR, USD, …; unset: the organisation's own."
    )
    start: str | None = Field(
        None, alias="from", description="The day it is valid from: 2026-12-24."
    )
    input: _Amount | None = None
    cached: _Amount | None = Field(
        None, description="Of the input, what was in the provider's cache; unset: as input."
    )
    cache_write: _Amount | None = Field(
        None, description="Of the input, what went into the provider's cache; unset: as input."
    )
    output: _Amount | None = None
    reasoning: _Amount | None = Field(
        None, description="Of the output, what the model thought; unset: as output."
    )
    image: _Amount | None = Field(None, description="Each image that is made.")
    call: _Amount | None = Field(None, description="Each answer, beside its tokens.")

    @property
    def parts(self) -> price.Price:
        """What one token, an image and a call cost, as costs are counted."""
        given, made = self.input or 0, self.output or 0
        tokens = (
            given,
            given if self.cached is None else self.cached,
            given if self.cache_write is None else self.cache_write,
            made,
            made if self.reasoning is None else self.reasoning,
        )
        others = (self.image or 0, self.call or 0)
        each = [_parts(amount) // price.MILLION for amount in tokens]
        return price.Price(self.currency, self.start or "", *each, *map(_parts, others))

    def public(self) -> dict[str, Any]:
        """Return what callers see: the fields that the file has."""
        return self.model_dump(by_alias=True, exclude_defaults=True)


def _parts(amount: float) -> int:
    return round(Decimal(str(amount)) * price.PER_UNIT)


_SEVERAL = TypeAdapter(Annotated[tuple[Price, ...], Field(min_length=1, max_length=100)])


def _read(value: Any) -> tuple[Price, ...]:
    """Return one price or several; an error has its place as the file has it."""
    if isinstance(value, tuple):
        return _SEVERAL.validate_python(value)
    return (Price.model_validate(value),)


Prices = Annotated[
    tuple[Price, ...], PlainValidator(_read, json_schema_input_type=Price | tuple[Price, ...])
]


def bad_prices(prices: tuple[Price, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what is wrong with the prices of a model, with paths below `price`."""
    for number, one in enumerate(prices):
        at = (number,) if prices[1:] else ()
        if not _is_complete(one):
            yield at, INCOMPLETE
        if one.start is None and number:
            yield at, NO_DAY
        elif one.start is not None and not is_day(one.start):
            yield (*at, "from"), UNREADABLE
        elif number and (prices[number - 1].start or "") >= (one.start or ""):
            yield (*at, "from"), MISORDERED
        if one.currency != prices[0].currency:
            yield at, OTHER_CURRENCY


def on_day(prices: tuple[Price, ...], day: date) -> Price | None:
    """Return the price that is valid on a day; None if there is none yet."""
    valid = [one for one in prices if (one.start or "") <= day.isoformat()]
    return valid[-1] if valid else None


def _is_complete(one: Price) -> bool:
    of_tokens = [amount is not None for amount in (one.input, one.output)]
    return all(of_tokens) or (not any(of_tokens) and (one.image, one.call) != (None, None))


def is_day(text: str) -> bool:
    """Is `text` a day, as 2026-12-24?"""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
