"""`date - date` is days, years, digits or an error: it is translated, or refused."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, run, written

DAYS = [
    "SELECT id, DATE '2024-03-01' - hired FROM emp",
    "SELECT id FROM emp WHERE (DATE '2024-03-01' - hired) > 1000",
    "SELECT AVG(DATE '2024-03-01' - hired) FROM emp",
    "SELECT id, CAST(seen AS DATE) - hired FROM emp",
    "SELECT d.x - e.hired FROM (SELECT hired AS x, id FROM emp) d JOIN emp e ON e.id = d.id",
    "SELECT id, hired + 7, hired - 1 FROM emp",
]


@pytest.mark.parametrize("sql", DAYS)
def test_dates_are_subtracted_in_days(sql):
    assert carried(sql, "duckdb", "sqlite") == run("duckdb", sql)


@pytest.mark.parametrize(
    ("target", "written_"),
    [
        ("mysql", "DATEDIFF(CURRENT_DATE, emp.hired)"),
        ("tsql", "DATEDIFF(DAY, emp.hired, CAST(GETDATE() AS DATE))"),
        ("snowflake", "DATEDIFF(DAY, emp.hired, CURRENT_DATE)"),
        ("oracle", "TRUNC(CURRENT_DATE) - emp.hired"),
        ("sqlite", "CAST(JULIANDAY("),
    ],
)
def test_dates_are_subtracted_in_the_words_of_the_dialect(target, written_):
    sql = "SELECT id FROM emp WHERE (CURRENT_DATE - hired) > 100"
    assert written_ in written(sql, "postgres", target)


@pytest.mark.parametrize("target", ["sqlite", "mysql", "tsql", "bigquery"])
@pytest.mark.parametrize(
    "value", ["seen - seen", "seen - hired", "EXTRACT(EPOCH FROM seen - seen)"]
)
def test_times_are_not_subtracted_where_that_means_something_else(value, target):
    assert errors(f"SELECT {value} FROM emp", "postgres", target) == ["dialect"]


@pytest.mark.parametrize("source", ["sqlite", "mysql"])
def test_years_and_digits_are_not_taken_for_days(source):
    sql = "SELECT hired - CURRENT_DATE FROM emp"
    assert errors(sql, source, "postgres") == ["dialect"]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql"])
def test_a_query_expression_subtracts_dates_by_date_diff(dialect):
    minus = {"op": "-", "args": [{"fn": "current_date"}, {"column": "hired"}]}
    query = {"query": {"from": {"table": "emp"}, "select": [{"expr": minus}]}}
    assert errors(query, dialect) == ["dates"]
