"""Sums of money do not fit into 64 bits everywhere: ten million rupiah are 600 dollars."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger import complete
from ledger.copying import Copier
from ledger.everyone.query import Query
from ledger.everyone.report import report
from ledger.models import Call
from ledger.rollup import forget
from ledger.sums import Day, Hour, PersonRollup, Total
from ledger.usage.figures import usage_of
from ledger.usage.period import Period
from ledger.used import used_before
from registry.budgets.budget import Budget, period
from registry.config.budgets import BudgetConfig
from registry.metering.price import PER_UNIT, Price
from registry.metering.tokens import Tokens
from tests.ledger.journals import begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)
RUPIAH = Price("IDR", "", 10_000 * 10**6)  # 10,000 for a million tokens
EACH = Tokens(90_000_000, 0)  # 900,000
DECEMBER = date(2026, 12, 1), date(2026, 12, 31)
COUNT = 24
WHOLE = {"IDR": Decimal(900_000 * COUNT)}


@pytest.fixture(params=[1, COUNT])
def used(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Calls of one person: all of one model, so that a sum is too large, or each of its own."""
    calls = [
        begun(prices=(RUPIAH,), model=f"rock:{number % request.param}") for number in range(COUNT)
    ]
    write(tmp_path, *calls, *(ended(call, tokens=EACH) for call in calls))
    Copier(tmp_path).copy()


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("by", ["model", "person"])
def test_large_sums_are_shown(by: str) -> None:
    assert Call.objects.count() == COUNT
    for first in (date(2026, 12, 1), date(2026, 10, 9)):
        days = {"from": first.isoformat(), "until": "2026-12-31", "by": by}
        shown = report(Query.read(days, sees_people=True), 50)
        assert shown.whole.costs == WHOLE
        assert sum(one.costs["IDR"] for one in shown.names.values()) == WHOLE["IDR"]
    assert usage_of(7, Period(*DECEMBER)).whole.costs == WHOLE


@pytest.mark.usefixtures("used")
def test_budgets_count_large_sums() -> None:
    config = BudgetConfig(per="month", money=1_000_000, currency="IDR", each="person")
    budget = Budget.of_config("all", config)
    span = period("month", Call.objects.latest("at").at)
    assert used_before(budget, "7", span) == 900_000 * COUNT * PER_UNIT


@pytest.mark.usefixtures("used")
def test_large_sums_are_made_again() -> None:
    Total.objects.all().delete()
    PersonRollup.objects.filter(kind="month").delete()
    complete.complete()
    for rows in (Total.objects.all(), PersonRollup.objects.filter(kind="month")):
        assert sum(rows.values_list("cost", flat=True)) == 900_000 * COUNT * PER_UNIT


@pytest.mark.usefixtures("used")
def test_someone_with_large_sums_is_erased() -> None:
    forget(7)
    for table in (Hour, Day):
        rows = table._default_manager.filter(person=0)
        assert sum(rows.values_list("cost", flat=True)) == 900_000 * COUNT * PER_UNIT


def test_small_sums_are_exact(tmp_path: Path) -> None:
    price = Price("EUR", "", 123_456_789)
    calls = [begun(prices=(price,), model=f"rock:{number}") for number in range(3)]
    write(tmp_path, *calls, *(ended(call, tokens=Tokens(99_999_999, 0)) for call in calls))
    Copier(tmp_path).copy()
    assert usage_of(7, Period(*DECEMBER)).whole.costs["EUR"] == Decimal("37037.036329629633")
