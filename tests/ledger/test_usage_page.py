"""What people see of what they used."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.spreadsheets import BOM
from ledger import rollup
from ledger.copying import Copier
from ledger.rollup import delete_old_sums
from ledger.sums import Hour
from ledger.usage.export import to_csv
from ledger.usage.period import Period
from registry.metering.tokens import Tokens
from tests.ledger.journals import NOON, begun, ended, write
from tests.support.portal import Portal

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3_600_000_000
DECEMBER = {"from": "2026-12-01", "until": "2026-12-31"}


@pytest.fixture
def user() -> User:
    return User.objects.create_user("zoe")


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def used(user: User, tmp_path: Path) -> None:
    """Two answers of one model, on two days, one of another, and one of someone else."""
    mine = str(user.pk)
    calls = [
        begun(person=mine), begun(person=mine, at=NOON + DAY),
        begun(person=mine, model="=rock:free", prices=()), begun(person=str(user.pk + 1)),
    ]  # fmt: skip
    ends = [ended(call) for call in calls[:2]]
    ends += [ended(calls[2], "stopped", Tokens(7, 3), estimated="stopped"), ended(calls[3])]
    write(tmp_path, *calls, *ends)
    Copier(tmp_path).copy()


@pytest.mark.usefixtures("used")
def test_the_page_shows_the_readers_own_figures(client: Client) -> None:
    text = " ".join(client.get("/usage", DECEMBER).content.decode().split())
    assert "<dt>Answers</dt><dd>3</dd>" in text
    assert "<dt>Tokens in</dt><dd>2,007</dd>" in text
    assert "<dt>Tokens out</dt><dd>403</dd>" in text
    assert "<dt>Cost</dt><dd>0.0072 EUR</dd>" in text
    assert "The tokens of 1 answer are an estimate" in text
    assert "1 answer is of a model without a price" in text
    assert text.count("<rect") == 31


@pytest.mark.usefixtures("used")
def test_the_page_reads_the_sums_of_days(client: Client) -> None:
    Hour.objects.all().delete()
    assert "<dd>2,007</dd>" in client.get("/usage", DECEMBER).content.decode()


def test_a_reader_who_used_nothing_is_told_so(client: Client) -> None:
    assert b"Nothing in these days." in client.get("/usage").content


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("first", [date(2026, 12, 1), date(2026, 11, 24), date(2025, 1, 1)])
def test_the_csv_has_a_line_for_each_day_and_model(user: User, first: date) -> None:
    pieces = list(to_csv(user.pk, Period(first, date(2026, 12, 31))))
    assert all(pieces)
    lines = list(csv.DictReader(StringIO("".join(pieces).removeprefix(BOM))))
    assert [(line["day"], line["model"], line["cost"]) for line in lines] == [
        ("2026-12-24", "'=rock:free", ""),
        ("2026-12-24", "rock:slate", "0.0036"),
        ("2026-12-25", "rock:slate", "0.0036"),
    ]
    assert [line["not_ok"] for line in lines] == ["1", "0", "0"]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-12-24", "2026-12-24", 1),
        ("2026-12-31", "2026-12-01", 31),  # turned round
        ("1999-01-01", "nonsense", None),  # this month
        ("2020-01-01", "2026-12-31", 800),  # cut
        ("2026-12-24' OR 1=1", "", None),
    ],
)
def test_any_days_make_a_period(first: str, last: str, days: int | None) -> None:
    period = Period.read(first, last)
    today = timezone.localdate()
    assert len(period.days) == (days or today.day)
    assert period.first <= period.last


def test_a_long_period_ends_today_and_not_years_from_now() -> None:
    today = timezone.localdate()
    period = Period.read("2020-01-01", f"{today.year + 4}-01-01")
    assert (period.last, period.length) == (today, 800)


def test_a_day_is_one_of_the_portals_time_zone() -> None:
    with timezone.override("Europe/Berlin"):
        begin, end = Period(date(2026, 12, 24), date(2026, 12, 24)).bounds
    assert begin == datetime(2026, 12, 23, 23, tzinfo=UTC)
    assert end == datetime(2026, 12, 24, 23, tzinfo=UTC)


@pytest.mark.usefixtures("used")
def test_old_sums_are_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    Hour.objects.filter(at__day=24).update(at=datetime(2020, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(settings, "LEDGER_DAYS", 0)
    delete_old_sums()
    assert Hour.objects.count() == 4
    monkeypatch.setattr(settings, "LEDGER_DAYS", 400)
    delete_old_sums()
    assert {hour.at.day for hour in Hour.objects.all()} == {25}


@pytest.mark.usefixtures("used")
def test_old_sums_are_deleted_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement has a limit of time: one that deleted all could fail each time."""
    for number, hour in enumerate(Hour.objects.all(), 1):
        Hour.objects.filter(pk=hour.pk).update(at=datetime(2020, 1, number, tzinfo=UTC))
    monkeypatch.setattr(rollup, "BATCH", 3)
    monkeypatch.setattr(settings, "LEDGER_DAYS", 400)
    deleted: list[int] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        is_of_hours = sql.startswith('DELETE FROM "ledger_hour"')
        before = Hour.objects.count() if is_of_hours else 0
        result = execute(sql, *rest)
        if is_of_hours:
            deleted.append(before - Hour.objects.count())
        return result

    with connection.execute_wrapper(count):
        delete_old_sums()
    assert deleted == [3, 1, 0]


def test_the_pages_are_for_those_who_are_signed_in() -> None:
    assert Client().get("/usage").status_code == 302


def test_the_csv_is_for_the_one_who_is_signed_in(portal: Portal) -> None:
    asked = f"{portal.url}/usage.csv?from=2026-12-31&until=2026-12-01"
    answer = portal.sign_in("ann").get(asked, timeout=20)
    assert answer.headers["Content-Disposition"].endswith('"usage-2026-12-01-2026-12-31.csv"')
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.decode().startswith(f'{BOM}"day","model","calls"')
    assert requests.get(asked, timeout=20, allow_redirects=False).status_code == 302
    assert portal.get("/usage.csv").status_code == 403  # a token
