"""Rows that count: generate_series, range, GENERATE_ARRAY and GENERATE_DATE_ARRAY."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.queryexpr.rows.arrays import carried, errors, judged, run, with_postgres, written


@pytest.fixture(scope="module")
def postgres() -> Iterator[None]:
    with with_postgres():
        yield


BOTH = [
    "SELECT g.n FROM generate_series(1, 5) AS g (n)",
    "SELECT n FROM generate_series(10, -10, -7) AS g (n)",
    "SELECT n, COUNT(id) FROM generate_series(0, 3) AS g (n) LEFT JOIN shop ON id = n GROUP BY n",
    "SELECT id, (SELECT SUM(n) FROM generate_series(1, 4) AS g (n) WHERE n <= id) AS s FROM shop",
    "SELECT n FROM generate_series(3, 1) AS g (n)",
]
DATES = "SELECT CAST(d AS DATE) AS d FROM generate_series(DATE '2024-01-31', DATE '2024-04-30', INTERVAL '1 month') AS g (d)"  # fmt: skip


@pytest.mark.parametrize("sql", BOTH)
def test_duckdb_and_postgres_count_alike(sql: str, postgres: None) -> None:
    expected = run("postgres", sql)
    assert carried(sql, "duckdb") == carried(sql, "postgres") == expected
    assert carried(sql, "postgres", "duckdb") == carried(sql, "duckdb", "postgres") == expected


def test_dates_are_counted_in_their_own_dialect(postgres: None) -> None:
    assert carried(DATES, "postgres") == run("postgres", DATES) != []
    assert carried(DATES, "duckdb") == run("duckdb", DATES) != []
    bare = (
        "SELECT d FROM generate_series(DATE '2024-01-01', DATE '2024-01-05', INTERVAL 2 DAY) t(d)"
    )
    assert carried(bare, "duckdb") == run("duckdb", bare)
    assert "dates as those of" in errors(DATES, "postgres", "duckdb")[0][1]


@pytest.mark.parametrize(
    "operands",
    [
        "'2024-01-01'::date, '2024-01-05'::date, '1 day'", "DATE '2024-01-31', '2024-04-30', '1 mon'",
        "'2024-01-01'::timestamp, '2024-03-01', '2 weeks 1 day'", "1, 5, '2'", "'1', 5",
    ],
)  # fmt: skip
def test_texts_in_a_series_are_what_is_beside_them(operands: str, postgres: None) -> None:
    sql = f"SELECT g FROM generate_series({operands}) AS g"
    assert carried(sql, "postgres") == run("postgres", sql) != []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM range(4) AS g (n)", "SELECT n FROM range(2, 9, 3) AS g (n)",
        "SELECT n FROM range(5, 0, -2) AS g (n)", "SELECT range FROM range(3)",
        "SELECT n FROM unnest(generate_series(1, 3)) AS g (n)", "SELECT generate_series FROM generate_series(1, 2) AS x",
    ],
)  # fmt: skip
def test_a_range_leaves_out_its_end(sql: str) -> None:
    assert carried(sql, "duckdb") == run("duckdb", sql) != []


def test_bigquery_counts_in_arrays() -> None:
    sql = "SELECT n FROM UNNEST(GENERATE_ARRAY(1, 10, 3)) AS n"
    assert carried(sql, "bigquery", "duckdb") == [(1,), (10,), (4,), (7,)]
    assert "UNNEST(GENERATE_ARRAY(1, 10, 3)) AS n" in written(sql, "bigquery")
    dates = "SELECT d FROM UNNEST(GENERATE_DATE_ARRAY('2024-01-01', CURRENT_DATE())) AS d"
    assert "GENERATE_DATE_ARRAY('2024-01-01', CURRENT_DATE, INTERVAL '1' DAY)" in written(
        dates, "bigquery"
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [("postgres", "sqlite"), ("postgres", "mysql"), ("postgres", "bigquery"), ("duckdb", "bigquery"),
     ("duckdb", "snowflake")],
)  # fmt: skip
def test_what_another_dialect_lacks_is_named(source: str, target: str) -> None:
    assert any(" has no " in message for _, message in errors(BOTH[0], source, target))


@pytest.mark.parametrize(
    ("dialect", "call"),
    [
        ("postgres", "generate_series(1, 1000000000)"), ("postgres", "generate_series(1, 9, 0)"),
        ("postgres", "generate_series(0, 1, 0.000001)"), ("postgres", "generate_series(1, length(name))"),
        ("postgres", "generate_series(DATE '2024-01-01', DATE '2024-01-02', INTERVAL '1 second')"),
        ("postgres", "generate_series(DATE '2024-01-01', DATE '2024-01-02', INTERVAL '-1 day')"),
        ("duckdb", "range(100000000)"), ("duckdb", "range(id)"),
        ("bigquery", "UNNEST(GENERATE_ARRAY(1, 100001))"),
        ("bigquery", "UNNEST(GENERATE_ARRAY(1, id))"),
        ("postgres", "generate_series(1, 9999) AS a, generate_series(1, 9999)"),
    ],
)  # fmt: skip
def test_a_series_without_an_end_in_sight_is_an_error(dialect: str, call: str) -> None:
    sql = f"SELECT 1 FROM shop, {call} AS g"
    assert {"too_large", "operands"} & {code for code, _ in errors(sql, dialect)}


def test_it_is_explained_and_a_query_expression_may_have_it() -> None:
    answer = judged(BOTH[0], "duckdb")
    assert re.search(
        r"g \(one for each element of \(the series from 1 to 5\)", answer.explanation[0]
    )
    assert judged(json.loads(json.dumps(answer.ir)), "duckdb").sql == answer.sql
    document = {"query": {
        "from": {"unnest": {"series": [1, 3]}, "as": "n", "value": "n", "first": 1},
        "select": [{"expr": {"column": "n"}}]}}  # fmt: skip
    assert run("duckdb", written(document, "duckdb")) == [(1,), (2,), (3,)]
    assert "GENERATE_SERIES(1, 3)" in written(document, "postgres")
