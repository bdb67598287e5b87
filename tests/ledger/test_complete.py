"""Sums that a process of the previous version leaves out are made later, as if it had not."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from ledger import copying, rollup
from ledger.complete import Completing, complete, forget_gone
from ledger.copying import Copier
from ledger.models import Call
from ledger.rollup import ALIKE, OF_TIMES, SUMS, _sums, _upsert, bucket_of, day_of
from ledger.sums import Day, Hour, Latency, LatencyMonth, PersonRollup, Rollup, Total
from tests.ledger.journals import begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)
NEW = (Total, Rollup, PersonRollup, LatencyMonth)
SECONDS_OF_DAY = 86_400


def some_calls(folder: Path, seed: int, count: int = 20, days: int = 100) -> None:
    """Copy calls of several months into the ledger."""
    draw, now = random.Random(seed), timezone.now().timestamp()
    calls = [
        begun(
            at=int((now - SECONDS_OF_DAY * draw.randrange(days)) * 1e6), model=draw.choice(["a:x", "b:y"]),
            person=str(draw.randrange(1, 4)), groups=draw.choice([None, ["it"], ["it", "law"]]),
        )
        for _ in range(count)
    ]  # fmt: skip
    write(folder, *(record for call in calls for record in (call, ended(call))), name=f"m-{seed}-1")
    Copier(folder).copy()


def add_as_before(rows: list[Call]) -> None:
    """Add rows as a version does that knows only hours, days and histograms of days."""
    for row in rows:
        day, rest = day_of(row.at), [getattr(row, name) for name in ALIKE[1:]]
        hour = row.at.replace(minute=0, second=0, microsecond=0)
        for table, at in ((Hour, hour), (Day, day)):
            sums = _sums()
            sums[at, *rest] = [0 + number for number in rollup._numbers(row)]  # no booleans
            _upsert(table, ALIKE, SUMS, sums)
        for kind in ("first", "took"):
            key = (day, row.capability, row.model, kind, bucket_of(getattr(row, kind)))
            _upsert(Latency, OF_TIMES, ("calls",), {key: [1]})


def content(*tables: Any) -> list[list[tuple[Any, ...]]]:
    """Return all rows of tables, without their numbers."""
    names = [[f.name for f in t._meta.local_fields if f.name != "id"] for t in tables]
    return [
        sorted(table.objects.values_list(*fields))
        for table, fields in zip(tables, names, strict=True)
    ]


@pytest.fixture
def both_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Rows of this version, and of the previous one. Returns what the sums ought to be."""
    some_calls(tmp_path, 1)
    with monkeypatch.context() as old:
        old.setattr(copying, "add", add_as_before)
        some_calls(tmp_path, 2)
    kept = content(*NEW)
    for table in (Hour, Day, Latency, *NEW):
        table.objects.all().delete()
    rollup.add(Call.objects.all())
    expected = content(Hour, Day, *NEW)
    _restore(kept)
    return expected


def _restore(kept: list[list[tuple[Any, ...]]]) -> None:
    for table, rows in zip(NEW, kept, strict=True):
        manager: Any = table._default_manager
        manager.all().delete()
        names = [f.name for f in table._meta.local_fields if f.name != "id"]
        manager.bulk_create(table(**dict(zip(names, row, strict=True))) for row in rows)


def test_sums_of_all_months_are_complete(both_versions: list[Any]) -> None:
    assert content(Hour, Day, *NEW) != both_versions
    Completing()()
    assert content(Hour, Day, *NEW) == both_versions


def test_later_only_open_months_are_looked_at(both_versions: list[Any], tmp_path: Path) -> None:
    chore = Completing()
    chore()
    Rollup.objects.filter(kind="day model").update(calls=F("calls") + 1)
    chore()
    wrong = {
        timezone.localtime(row.at).replace(day=1).date()
        for row in Rollup.objects.filter(kind="day model")
        if row.calls > sum(
            Day.objects.filter(at=row.at, model=row.model, outcome=row.outcome, code=row.code)
            .values_list("calls", flat=True)
        )
    }  # fmt: skip
    this = timezone.localdate().replace(day=1)
    assert wrong
    assert max(wrong) < (this - timedelta(days=1)).replace(day=1)


@pytest.mark.usefixtures("both_versions")
def test_what_is_complete_is_not_written_again() -> None:
    complete()
    before = [sorted(table.objects.values_list("pk")) for table in NEW]
    complete()
    assert [sorted(table.objects.values_list("pk")) for table in NEW] == before


@pytest.mark.parametrize("days", [5, 20, 45])
def test_what_is_too_old_is_not_made_again(
    both_versions: list[Any], settings: Any, days: int
) -> None:
    complete()
    settings.LEDGER_DAYS = days
    rollup.delete_old_sums()
    before = content(*NEW)
    Rollup.objects.filter(kind="day", at__gte=timezone.now() - timedelta(days=days - 1)).delete()
    complete()
    assert content(*NEW) == before


def test_a_person_whom_the_previous_version_erased_is_in_no_sum(tmp_path: Path) -> None:
    some_calls(tmp_path, 3)
    rollup._forget(Hour, ALIKE, 2)
    rollup._forget(Day, ALIKE, 2)
    User.objects.filter(pk=2).delete()
    assert PersonRollup.objects.filter(person=2).exists()
    forget_gone()
    assert not PersonRollup.objects.filter(person=2).exists()
    before = content(PersonRollup)
    complete()
    assert content(PersonRollup) == before
    assert PersonRollup.objects.filter(person=0).exists()
    assert PersonRollup.objects.filter(person=1).exists()
