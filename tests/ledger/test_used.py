"""What the ledger has of a budget: by person, group and token, in tokens and in money."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ledger.models import Call
from ledger.rollup import add
from ledger.used import used_before, used_by
from registry.budgets.budget import Budget, period
from registry.metering.price import PER_UNIT

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, 20, tzinfo=UTC)
ALL = Budget(
    "all", "All", "day", "", None, None, "tokens", 1000, 80, "", unpriced=False, shadow=False
)


def spent(at: datetime = NOON, **more: object) -> None:
    """Write a call of 30 tokens that cost 2."""
    call = Call(at=at, capability="chat", provider="rock", model="rock:slate", resolved_by="default",
                revision="r", outcome="ok", input=10, output=20, cost=2 * PER_UNIT, currency="EUR",
                **more)  # fmt: skip
    call.save()
    add([call])


def used(budget: Budget, subject: str = "", zone: str = "UTC") -> int:
    return used_before(budget, subject, period(budget.per, NOON.astimezone(ZoneInfo(zone))))


def test_a_budget_has_what_its_period_has() -> None:
    spent()
    spent(datetime(2026, 11, 17, 23, 59, tzinfo=UTC))
    assert used(ALL) == 30
    assert used(replace(ALL, per="week")) == 60
    assert used(replace(ALL, unit="money", currency="EUR")) == 2 * PER_UNIT
    assert used(replace(ALL, unit="money", currency="USD")) == 0
    assert used(replace(ALL, capabilities=frozenset({"embeddings"}))) == 0


def test_a_budget_has_what_its_subject_used() -> None:
    spent(person=7, token="abc", groups="lab\nlaw")
    spent(person=8, groups="lab")
    assert used(replace(ALL, each="person"), "7") == 30
    assert used(replace(ALL, each="token"), "token abc") == 30
    assert [used(replace(ALL, each="group"), name) for name in ("lab", "law", "la")] == [60, 30, 0]
    assert used(replace(ALL, groups=frozenset({"law", "other"}))) == 30


def test_what_all_groups_used_is_found_at_once() -> None:
    spent(person=7, groups="lab\nlaw")
    spent(person=8, groups="lab")
    spent(person=9)
    spent(datetime(2026, 11, 17, 18, 31, tzinfo=UTC), person=9, groups="law")

    def by(budget: Budget, zone: str = "UTC") -> dict[str, int]:
        return used_by(budget, period(budget.per, NOON.astimezone(ZoneInfo(zone))))

    assert by(ALL) == {"": 90}
    assert by(ALL, "Asia/Kolkata") == {"": 120}
    assert by(replace(ALL, each="group")) == {"lab": 60, "law": 30}
    assert by(replace(ALL, each="group", groups=frozenset({"law"}))) == {"law": 30}
    assert by(replace(ALL, groups=frozenset({"lab", "x"}))) == {"": 60}


def test_a_midnight_may_be_within_an_hour() -> None:
    spent(datetime(2026, 11, 17, 18, 29, tzinfo=UTC))  # 23:59 in India
    spent(datetime(2026, 11, 17, 18, 31, tzinfo=UTC))
    spent()
    assert used(ALL, zone="Asia/Kolkata") == 60
