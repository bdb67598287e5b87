"""Pages by person and by token read few sums: those of months, and of who made most calls."""

from __future__ import annotations

import importlib
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from ledger.copying import Copier
from ledger.everyone.parts import parts
from ledger.everyone.query import Query
from ledger.everyone.report import Report, report
from ledger.sums import Day, PersonRollup
from tests.ledger.journals import NOON, begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3_600_000_000
FIRST = date(2026, 12, 20)
BREAKDOWNS = ("person", "token")


@pytest.fixture
def used(tmp_path: Path) -> None:
    """Calls of five months: person 1 made the fewest, 9 the most; 8 and 9 have several tokens."""
    draw = random.Random(3)
    calls = [
        begun(at=NOON + DAY * draw.randrange(150), person=str(person), model=draw.choice(["a:x", "b:y"]),
              token=f"{draw.randrange(2) * (person // 8)}-token")
        for person in range(1, 10) for _ in range(2 * person)
    ]  # fmt: skip
    write(tmp_path, *(record for call in calls for record in (call, ended(call))))
    Copier(tmp_path).copy()


def asked(by: str, days: int = 170, **fields: str) -> Query:
    span = {"from": f"{FIRST}", "until": f"{FIRST + timedelta(days=days)}", "by": by}
    return Query.read(span | fields, sees_people=True)


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("by", BREAKDOWNS)
@pytest.mark.parametrize("days", [20, 170])
@pytest.mark.parametrize("fields", [{}, {"model": "a:x"}])
def test_those_with_the_most_calls_are_read(by: str, days: int, fields: dict[str, str]) -> None:
    query = asked(by, days, **fields)
    every, some = report(query), report(query, 3)
    assert len(some.names) == 3
    assert some.others == len(every.names) - 3 > 0
    assert every.others == 0
    calls = [figures.calls for figures in every.names.values()]
    assert [figures.calls for figures in some.names.values()] == calls[:3]
    assert all(every.names[name] == figures for name, figures in some.names.items())
    assert (some.whole, some.times) == (every.whole, every.times)


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("by", BREAKDOWNS)
def test_whole_months_are_not_read_by_their_days(by: str) -> None:
    def figures(most: int | None) -> Report:
        return report(asked(by, 130), most)

    before = figures(None), figures(2)
    begin, end = (timezone.make_aware(datetime(2027, month, 1)) for month in (1, 4))
    Day.objects.filter(at__gte=begin, at__lt=end).delete()
    PersonRollup.objects.filter(kind="day", at__gte=begin, at__lt=end).delete()
    assert (figures(None), figures(2)) == before
    assert before[0].whole.calls > 0


@pytest.mark.usefixtures("used")
def test_the_sums_of_people_of_a_ledger_that_is_there_are_made() -> None:
    names = [f.name for f in PersonRollup._meta.local_fields if f.name != "id"]
    before = sorted(PersonRollup.objects.values_list(*names))
    PersonRollup.objects.all().delete()
    with timezone.override("UTC"):
        importlib.import_module("ledger.migrations.0011_person_rollup").fill(apps, None)
    assert sorted(PersonRollup.objects.values_list(*names)) == before != []


def bounds_of(rows: QuerySet[Any]) -> list[datetime]:
    """Return what its condition compares with."""
    compared: list[Any] = rows.query.where.children
    return [bound.rhs for bound in compared]


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize(
    ("first", "last", "spans"),
    [
        ("2027-01-01", "2027-03-31", ["months"]),
        ("2026-12-20", "2027-03-31", ["months", "12-20 01-01"]),
        ("2027-01-01", "2027-04-02", ["months", "04-01 04-03"]),
        ("2026-12-30", "2027-02-10", ["months", "12-30 01-01", "02-01 02-11"]),
        ("2027-01-05", "2027-02-20", ["months", "-01-01 01-05", "-02-21 03-01"]),
        ("2027-01-05", "2027-02-10", ["months", "02-01 02-11", "-01-01 01-05"]),
        ("2027-04-05", "2027-05-16", ["months", "-04-01 04-05", "-05-17 06-01"]),
        ("2027-01-05", "2027-01-06", ["01-05 01-07"]),
    ],
)
def test_only_few_days_beside_whole_months_are_read(
    first: str, last: str, spans: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part has one lower and one upper bound: SQLite takes any two for its index."""
    now = datetime(2027, 5, 20, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    query = Query.read({"from": first, "until": last}, sees_people=True)
    with timezone.override("UTC"):
        made = parts(query, Day.objects.all(), PersonRollup.objects.filter(kind="month"))
        found = [(rows.model, bounds_of(rows), "-" * (sign < 0)) for rows, sign in made]
    assert [
        sign + " ".join(f"{at:%m-%d}" for at in bounds) if model is Day else "months"
        for model, bounds, sign in found
    ] == spans
