"""
What was used, as FOCUS 1.2 has it: the FinOps Open Cost and Usage Specification, for finance.

https://focus.finops.org/focus-specification/v1-2/ has the columns; those that begin with `x_` are
the portal's. A line is of a day, or of a month where the reader sees cells only.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from core.spreadsheets import safe
from ledger.everyone import reading
from ledger.everyone.export import text_of
from ledger.usage.period import following
from registry.metering.price import PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ledger.everyone.query import Query

COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
    "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
    "EffectiveCost", "InvoiceIssuerName", "ListCost", "ProviderName", "PublisherName",
    "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "Tags", "x_InputTokens",
    "x_OutputTokens",
)  # fmt: skip
ACCOUNT = "portal"
NO_CURRENCY = "XXX"  # in ISO 4217
Key = tuple[date, str, str, str, str, str]


def to_focus(query: Query) -> str:
    """Return the lines as CSV; the first has the names of the columns."""
    found: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in reading.charges(query):
        if reading.matches(row, query.filters):
            numbers = (row["cost_sum"], row["input_sum"], row["output_sum"])
            key = (row["day"], *(row[name] for name in reading.NAMES))
            found[key] = list(map(int.__add__, found[key], numbers))
    unpriced = _currency(found)
    lines = (_line(key, numbers, query, unpriced) for key, numbers in sorted(found.items()))
    return text_of([list(COLUMNS), *lines])


def _currency(keys: Iterable[Key]) -> str:
    """Return the currency of lines without one, which must have one: that of most others."""
    currencies = Counter(currency for *_, currency in keys if currency)
    return currencies.most_common(1)[0][0] if currencies else NO_CURRENCY


def _line(key: Key, numbers: list[int], query: Query, unpriced: str) -> list[object]:
    day, groups, capability, provider, model, currency = key
    billed, tokens_in, tokens_out = Decimal(numbers[0]) / PER_UNIT, *numbers[1:]
    cost, end = billed.normalize() + 0, day + timedelta(days=1)
    tags = json.dumps({"capability": capability, "groups": groups.replace("\n", ", ")})
    return [
        cost, ACCOUNT, ACCOUNT, currency or unpriced, *_times(following(day), day.replace(day=1)),
        "Usage", "", safe(f"{capability}: {model}"), "Usage-Based",
        *_times(following(day) if query.whole_months else end, day),
        tokens_in + tokens_out, "Tokens", cost, cost, safe(provider), cost, safe(provider),
        safe(provider), "AI and Machine Learning", safe(model), "Generative AI", safe(model), tags,
        tokens_in, tokens_out,
    ]  # fmt: skip


def _times(*days: date) -> Iterator[str]:
    for day in days:
        midnight = timezone.make_aware(datetime.combine(day, time.min))
        yield midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
