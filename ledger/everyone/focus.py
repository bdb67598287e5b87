"""
What was used, as FOCUS 1.2 has it: the FinOps Open Cost and Usage Specification, for finance.

https://focus.finops.org/focus-specification/v1-2/ has the columns; those that begin with `x_` are
the portal's. A line is of a day, or of a month where the reader sees cells only. Only the sums of
one day or month are in memory.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from django.utils import timezone

from core.spreadsheets import safe
from ledger.everyone import reading
from ledger.everyone.export import csv_of, text_of
from ledger.usage.period import following
from registry.metering.price import PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.everyone.query import Query
    from ledger.everyone.reading import Row

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
LINES = 500  # of a piece


def to_focus(query: Query) -> Iterator[str]:
    """Yield the lines as CSV, in pieces; the first has the names of the columns."""
    unpriced = _currency(query)
    yield text_of([list(COLUMNS)])
    for day, rows in reading.charges(query):
        times = _periods(day, whole_months=query.whole_months)
        while some := list(islice(rows, LINES)):
            yield csv_of(_line(row, times, unpriced) for row in some)


def _currency(query: Query) -> str:
    """Return the currency of lines without one, which must have one: that of most calls."""
    calls: Counter[str] = Counter()
    for row in reading.whole(query):
        if row["currency"]:
            calls[row["currency"]] += row["calls_sum"]
    return calls.most_common(1)[0][0] if calls else NO_CURRENCY


def _line(row: Row, times: list[str], unpriced: str) -> list[object]:
    model, provider = safe(row["model"]), safe(row["provider"])
    cost = (Decimal(row["cost_sum"]) / PER_UNIT).normalize() + 0
    tokens_in, tokens_out = row["input_sum"], row["output_sum"]
    groups = row["groups"].replace("\n", ", ")
    tags = json.dumps({"capability": row["capability"], "groups": groups})
    return [
        cost, ACCOUNT, ACCOUNT, row["currency"] or unpriced, *times[:2],
        "Usage", "", safe(f"{row['capability']}: {row['model']}"), "Usage-Based", *times[2:],
        tokens_in + tokens_out, "Tokens", cost, cost, provider, cost, provider, provider,
        "AI and Machine Learning", model, "Generative AI", model, tags, tokens_in, tokens_out,
    ]  # fmt: skip


def _periods(day: date, *, whole_months: bool) -> list[str]:
    """Return the end and the begin of the month that is billed, and of what a line is of."""
    end = following(day) if whole_months else day + timedelta(days=1)
    return list(_times(following(day), day.replace(day=1), end, day))


def _times(*days: date) -> Iterator[str]:
    for day in days:
        midnight = timezone.make_aware(datetime.combine(day, time.min))
        yield midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
