"""The sums of whole months are those of their days, and pages of long periods read them."""

from __future__ import annotations

import importlib
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from ledger.copying import Copier
from ledger.everyone import persons, reading
from ledger.everyone.parts import Part
from ledger.everyone.query import Query
from ledger.everyone.report import report
from ledger.everyone.speed import speeds
from ledger.sums import Day, LatencyMonth, Rollup, Total
from tests.ledger.journals import NOON, begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3_600_000_000
MIGRATION = "ledger.migrations.0006_total"


@pytest.fixture
def used(tmp_path: Path) -> None:
    """Calls of five months, of several people, groups and models."""
    draw = random.Random(7)
    calls = [
        begun(
            at=NOON + DAY * draw.randrange(150), person=str(draw.randrange(1, 4)),
            groups=draw.choice([None, ["sales"], ["sales", "it"]]), model=draw.choice(["a:x", "b:y"]),
        )
        for _ in range(60)
    ]  # fmt: skip
    write(tmp_path, *(record for call in calls for record in (call, ended(call))))
    Copier(tmp_path).copy()


def query(period: tuple[date, date], fields: dict[str, str]) -> Query:
    days = {"from": period[0].isoformat(), "until": period[1].isoformat()}
    return Query.read(days | fields, sees_people=True)


def read_days_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the sums of days of each person and of all columns, whatever is asked for."""

    def days(query: Query, *_sums: object) -> list[Part]:
        begin, end = query.period.bounds
        return [Part(Day.objects.filter(at__gte=begin, at__lt=end))]

    monkeypatch.setattr(reading, "_parts", days)
    monkeypatch.setattr(persons, "parts", days)


FIRST = date(2026, 12, 20)
PERIODS = [
    (FIRST, FIRST + timedelta(days=170)), (date(2027, 1, 1), date(2027, 4, 30)),
    (date(2027, 1, 2), date(2027, 3, 30)), (date(2026, 12, 31), date(2027, 3, 31)),
    (date(2027, 1, 16), date(2027, 4, 15)), (date(2027, 1, 5), date(2027, 2, 20)),
]  # fmt: skip


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"group": "it"},
        {"by": "code", "model": "a:x"},
        {"by": "group"},
        {"by": "group", "provider": "rock"},
        {"by": "person", "outcome": "ok"},
        {"by": "person"},
        {"by": "token", "group": "it"},
    ],
)
def test_a_long_period_has_what_its_days_have(
    used: None, period: tuple[date, date], fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = query(period, fields)
    assert asked.by_month
    fast = report(asked)
    read_days_only(monkeypatch)
    slow = report(asked)
    assert fast.whole == slow.whole
    assert (fast.names, fast.times, fast.before) == (slow.names, slow.times, slow.before)
    assert (fast.choices, fast.codes) == (slow.choices, slow.codes)
    assert fast.providers == slow.providers
    assert fast.whole.calls > 0


@pytest.mark.parametrize("by", ["model", "group", "person", "token"])
def test_what_was_only_on_other_days_of_a_month_is_not_shown(tmp_path: Path, by: str) -> None:
    calls = [
        begun(at=NOON + DAY * day, person=str(day + 1), model=f"{provider}:x", groups=[provider])
        for day, provider in ((10, "a"), (10, "b"), (1, "b"), (50, "b"))
    ]  # fmt: skip
    write(tmp_path, *(record for call in calls for record in (call, ended(call))))
    Copier(tmp_path).copy()
    asked = query((date(2027, 1, 5), date(2027, 2, 27)), {"by": by})
    shown = report(asked)
    assert shown.whole.calls == 1
    assert [one.calls for one in shown.names.values()] == [1]
    assert (len(shown.times), len(shown.providers), len(shown.choices["model"])) == (1, 1, 1)
    assert list(shown.whole.costs) == ["EUR"]
    assert [speed.answers for speed in speeds(asked)] == [1]


def test_a_month_that_is_partly_too_old_is_read_by_its_days(used: None) -> None:
    Total.objects.filter(at__lt=timezone.now().replace(year=2027, month=2, day=2)).delete()
    Rollup.objects.filter(
        kind__startswith="month", at__lt=timezone.now().replace(year=2027, month=2, day=2)
    ).delete()
    for model in (Day, Rollup):
        model.objects.filter(at__lt=timezone.now().replace(year=2027, month=1, day=20)).delete()
    calls = report(query(PERIODS[0], {})).whole.calls
    assert calls == sum(Day.objects.values_list("calls", flat=True)) > 0


def test_the_months_of_a_ledger_that_is_there_are_made(used: None) -> None:
    before = sorted(Total.objects.values_list("at", "groups", "model", "calls", "cost", "took"))
    Total.objects.all().delete()
    importlib.import_module(MIGRATION).fill(apps, None)
    after = sorted(Total.objects.values_list("at", "groups", "model", "calls", "cost", "took"))
    assert after == before != []


def test_the_rollups_of_a_ledger_that_is_there_are_made(used: None) -> None:
    names = ("kind", "at", "groups", "provider", "model", "outcome", "calls", "cost", "took")
    before = sorted(Rollup.objects.values_list(*names))
    Rollup.objects.all().delete()
    importlib.import_module("ledger.migrations.0009_rollup").fill(apps, None)
    assert sorted(Rollup.objects.values_list(*names)) == before != []


@pytest.mark.parametrize("fields", [{}, {"by": "group"}, {"model": "a:x"}, {"by": "person"}])
def test_a_short_period_has_what_its_days_have(
    used: None, fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = query((FIRST, FIRST + timedelta(days=30)), fields)
    assert not asked.by_month
    fast = report(asked)
    read_days_only(monkeypatch)
    assert report(asked) == fast
    assert fast.whole.calls > 0


def test_times_of_whole_months_are_those_of_their_days(used: None) -> None:
    asked = query(PERIODS[0], {})
    by_month, before = (
        speeds(asked),
        sorted(LatencyMonth.objects.values_list("at", "bucket", "calls")),
    )
    LatencyMonth.objects.all().delete()
    assert speeds(asked) == by_month != []
    importlib.import_module("ledger.migrations.0010_latency_month").fill(apps, None)
    assert sorted(LatencyMonth.objects.values_list("at", "bucket", "calls")) == before
