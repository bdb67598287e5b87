"""How long models took, and the same figures as Parquet."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from django.contrib.auth.models import User
from django.test import Client

from ledger.everyone.months import write_months
from ledger.everyone.query import Query
from ledger.everyone.speed import percentiles, speeds
from ledger.rollup import bucket_of
from ledger.sums import Latency
from tests.ledger.used_months import noon, use
from tests.support.permissions import grant

pytestmark = pytest.mark.django_db(transaction=True)


def test_percentiles_are_those_of_the_times() -> None:
    times = range(1, 10_001)
    counts: dict[int, int] = {}
    for time in times:
        counts[bucket_of(time)] = counts.get(bucket_of(time), 0) + 1
    for found, exact in zip(percentiles(counts), (5000, 9500, 9900), strict=True):
        assert found == pytest.approx(exact, rel=0.13)
    assert percentiles({}) == []


@pytest.fixture
def timed() -> Query:
    """Six people and a model, and two people and another, in the last month."""
    for person in range(1, 7):
        use(person)
        if person < 3:
            use(person, "b:z")
    for model, bucket in (("a:x", 20), ("b:z", 30)):
        for kind in ("first", "took"):
            Latency.objects.create(
                at=noon(1), capability="chat", model=model, kind=kind, bucket=bucket, calls=8
            )
    write_months()
    day = noon(1).date().isoformat()
    return Query.read({"from": day, "until": day}, sees_people=True)


def test_readers_of_cells_get_none(timed: Query) -> None:
    assert {speed.model: speed.answers for speed in speeds(timed)} == {"a:x": 8, "b:z": 8}
    day = noon(1).date().isoformat()
    assert speeds(Query.read({"from": day, "until": day}, sees_people=False)) == []


def test_filters_are_those_of_histograms(timed: Query) -> None:
    days = {"from": timed.period.first.isoformat(), "until": timed.period.last.isoformat()}
    found = {
        name: [s.model for s in speeds(Query.read({**days, name: text}, sees_people=True))]
        for name, text in (("model", "b:z"), ("provider", "a"), ("capability", "sql"),
                           ("group", "staff"), ("outcome", "failed"))
    }  # fmt: skip
    assert found == {"model": ["b:z"], "provider": ["a:x"], "capability": [], "group": [],
                     "outcome": []}  # fmt: skip


def test_the_page_shows_them(timed: Query) -> None:
    text = reader().get("/usage/all", days(timed)).content.decode()
    assert "How long answers took" in text
    assert text.count('scope="row">b:z</th>') == 2  # what it used, and how long it took


def test_parquet_has_the_lines_of_the_csv(timed: Query, tmp_path: Path) -> None:
    client = reader()
    file = tmp_path / "usage.parquet"
    file.write_bytes(client.get("/usage/all.parquet", days(timed)).content)
    text = client.get("/usage/all.csv", days(timed)).content.decode("utf-8-sig")
    expected = [[*map(str, row.values())] for row in csv.DictReader(StringIO(text))]
    found = duckdb.read_parquet(str(file))
    assert [[str(value) for value in row] for row in found.fetchall()] == [
        [*row[:-2], f"{float(row[-2]):.12f}", row[-1]] for row in expected
    ]
    assert [str(kind) for kind in found.types][:4] == ["DATE", "DATE", "VARCHAR", "BIGINT"]


def test_a_name_is_no_formula_and_no_sql(timed: Query, tmp_path: Path) -> None:
    use(1, "=a:'); DROP TABLE usage; --")
    file = tmp_path / "usage.parquet"
    file.write_bytes(reader().get("/usage/all.parquet", days(timed)).content)
    names = {row[2] for row in duckdb.read_parquet(str(file)).fetchall()}
    assert "=a:'); DROP TABLE usage; --" in names


def reader() -> Client:
    user = User.objects.create_user("olga")
    grant(user, "see_usage", "see_people")
    client = Client()
    client.force_login(user)
    return client


def days(query: Query) -> dict[str, str]:
    return {"from": query.period.first.isoformat(), "until": query.period.last.isoformat()}
