"""What those with `ledger.see_usage` see of all people, and what they do not."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from core.spreadsheets import BOM
from ledger.everyone import views
from ledger.everyone.focus import to_focus
from ledger.everyone.months import write_months
from ledger.everyone.query import Query
from ledger.everyone.reading import query_of
from ledger.everyone.report import Report
from ledger.rollup import forget
from ledger.sums import Month
from ledger.usage.period import following
from tests.ledger.used_months import noon, use, use_two_months
from tests.support.permissions import grant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user() -> User:
    user = User.objects.create_user("zoe")
    grant(user, "see_usage")
    return user


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def used() -> None:
    use_two_months()


def lines(client: Client, **fields: str) -> list[dict[str, str]]:
    answer = client.get("/usage/all.csv", fields)
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


def for_finance(*, sees_people: bool = False, **fields: str) -> list[dict[str, str]]:
    text = "".join(to_focus(query_of(fields, sees_people=sees_people)))
    return list(csv.DictReader(StringIO(text.removeprefix(BOM))))


def test_it_needs_the_permission() -> None:
    client = Client()
    client.force_login(User.objects.create_user("ann"))
    for path in ("/usage/all", "/usage/all.csv"):
        assert client.get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_without_figures_the_page_says_so(client: Client) -> None:
    assert b"There are no figures for this choice." in client.get("/usage/all").content


@pytest.mark.usefixtures("used")
def test_what_few_used_is_put_together(client: Client) -> None:
    rows = {line["model"]: line["calls"] for line in lines(client)}
    assert rows == {"*": "8", "a:x": "7"}  # the smallest other model is with that of two people
    page = client.get("/usage/all").content.decode()
    assert "Others, together" in page
    assert "b:z" not in page
    assert "zoe" not in page.split("<main")[1]


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("by", ["person", "token", "outcome", "code", "nonsense"])
def test_people_are_not_broken_down(client: Client, by: str) -> None:
    assert {*lines(client, by=by)[0]} >= {"model"}


def attacks() -> Iterator[dict[str, str]]:
    """Every breakdown with every filter, days that cut months, and one month of two."""
    first, last = noon(2).date(), noon(1).date()
    periods = [(first, first), (first, last), (last, last), (last, last + timedelta(days=3)),
               (first + timedelta(days=1), last)]  # fmt: skip
    filters: list[dict[str, str]] = [{}]
    filters += [{"model": name} for name in ("a:x", "a:y", "b:z", "*")]
    filters += [{"provider": "a"}, {"provider": "b"}, {"group": "sales"}, {"group": "staff"}]
    filters += [{"group": "staff", "model": "a:x"}, {"outcome": "ok"}, {"person": "1"}]
    for (begin, end), by, chosen in product(periods, ("model", "provider", "group"), filters):
        yield {"from": f"{begin}", "until": f"{end}", "by": by, **chosen}


@pytest.mark.usefixtures("used")
def test_no_difference_of_answers_is_about_few_people(client: Client) -> None:
    """Two cells a month, 7 and 8 calls: every figure, and every difference, is made of them."""
    calls = {sum(int(line["calls"]) for line in lines(client, **each)) for each in attacks()}
    rows = {int(line["calls"]) for each in attacks() for line in lines(client, **each)}
    assert calls | rows <= {7 * a + 8 * b for a in range(3) for b in range(3)}


@pytest.mark.usefixtures("used")
def test_an_erasure_and_late_rows_change_no_month(client: Client) -> None:
    before = lines(client)
    forget(1)
    use(3, "b:z", code="x", outcome="failed")
    write_months()
    assert lines(client) == before


def test_the_month_that_goes_on_is_not_shown(client: Client) -> None:
    for person in range(9):
        use(person, months=0)
    write_months()
    assert not Month.objects.exists()
    assert lines(client) == []


@pytest.mark.usefixtures("used")
def test_a_month_is_deleted_as_a_whole(settings: pytest.FixtureRequest) -> None:
    days = (timezone.localdate() - noon(1).date().replace(day=1)).days
    settings.LEDGER_DAYS = days + 1  # type: ignore[attr-defined]
    write_months()
    assert {cell.month for cell in Month.objects.all()} == {noon(1).date().replace(day=1)}
    settings.LEDGER_DAYS = days  # type: ignore[attr-defined]
    write_months()
    assert not Month.objects.exists()


@pytest.mark.usefixtures("used")
def test_those_who_see_people_see_all(client: Client, user: User) -> None:
    grant(user, "see_people")
    first = noon(1).date().replace(day=1)
    month = {"from": f"{first}", "until": f"{following(first) - timedelta(days=1)}"}
    assert {line["model"]: line["calls"] for line in lines(client, **month)} == {
        "a:x": "7", "a:y": "6", "b:z": "2"
    }  # fmt: skip
    people = lines(client, by="person", **month)
    assert sum(int(line["calls"]) for line in people) == 15
    sales = lines(client, by="group", group="sales", **month)
    assert {line["group"]: line["calls"] for line in sales} == {"staff": "6", "sales": "6"}


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize(("known", "expected"), [("a:x", "EUR"), ("", "XXX")])
def test_a_line_without_a_price_has_a_currency(known: str, expected: str) -> None:
    Month.objects.exclude(model=known).update(currency="", cost=0)
    assert {line["BillingCurrency"] for line in for_finance()} == {expected}


def test_a_filter_lists_what_has_the_most_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAX_CHOICES", 2)
    made = Report(Query.read({"model": "rare"}, sees_people=True))
    made.choices["model"].update({"a": 5, "b": 1, "c": 9, "rare": 1})
    (row,) = views._choices(made)
    assert [name for name, _ in row[2]] == ["a", "c", "rare"]


@pytest.mark.usefixtures("used")
def test_finance_gets_the_columns_of_focus() -> None:
    first, second = for_finance()
    assert {first["SkuId"], second["SkuId"]} == {"*", "a:x"}
    assert float(first["BilledCost"]) + float(second["BilledCost"]) == 15
    assert (first["ConsumedUnit"], first["BillingCurrency"]) == ("Tokens", "EUR")
    assert first["ChargePeriodStart"] < first["ChargePeriodEnd"]


def test_a_month_has_each_cell_once(used: None) -> None:
    cell = Month.objects.values().exclude(model=Month.MIXED)[0]
    with pytest.raises(IntegrityError):
        Month.objects.create(**(cell | {"id": None}))
