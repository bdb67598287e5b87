"""Dates in another dialect: parts, months, differences. What is counted otherwise is refused."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, run, written


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, STRFTIME('%Y', hired), STRFTIME(hired, '%m') FROM emp",
        "SELECT id, EXTRACT(WEEK FROM hired), EXTRACT(DOW FROM hired) FROM emp",
        "SELECT id, DATE_DIFF('month', hired, DATE '2024-03-01') FROM emp",
        "SELECT id, DATE_DIFF('year', hired, DATE '2024-03-01') FROM emp",
        "SELECT id, CAST(hired + INTERVAL '1 month' AS DATE) FROM emp",
        "SELECT id, CAST(hired - INTERVAL '3 months' AS DATE) FROM emp",
        "SELECT id, CAST(hired + INTERVAL '1 year' AS DATE) FROM emp",
    ],
)
def test_dates_are_the_same_in_sqlite(sql):
    assert carried(sql, "duckdb", "sqlite") == run("duckdb", sql)


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_a_week_of_a_query_expression_is_the_one_of_iso(dialect):
    week = {"fn": "extract", "unit": "isoweek", "args": [{"column": "hired"}]}
    query = {"query": {"from": {"table": "emp"}, "select": [{"expr": week}]}}
    assert run(dialect, written(query, dialect)) == [(1.0,), (5.0,), (8.0,), (9.0,), (None,)]


@pytest.mark.parametrize(
    ("source", "value", "target"),
    [
        ("sqlite", "DATE(hired, '+1 month')", "postgres"),
        ("sqlite", "DATETIME(hired, '+1 day')", "mysql"),
        ("sqlite", "STRFTIME('%w', hired)", "postgres"),
        ("postgres", "EXTRACT(DOW FROM hired)", "oracle"),
        ("mysql", "WEEK(hired, 2)", "duckdb"),
        ("mysql", "EXTRACT(WEEK FROM hired)", "postgres"),
        ("postgres", "CAST('1 day' AS INTERVAL)", "mysql"),
        ("postgres", 'name COLLATE "C"', "mysql"),
    ],
)
def test_what_the_other_dialect_counts_otherwise_is_an_error(source, value, target):
    assert errors(f"SELECT {value} FROM emp", source, target) == ["dialect"]


def test_texts_that_are_added_in_sql_server_are_joined():
    sql = "SELECT name + '!' FROM emp WHERE id = 1"
    assert carried(sql, "tsql", "sqlite") == carried(sql, "tsql", "duckdb") == [("Ada!",)]
    assert "CONCAT(emp.name, '!')" in written(sql, "tsql", "mysql")


def test_an_offset_has_a_limit_in_mysql():
    sql = written("SELECT id FROM emp ORDER BY id OFFSET 2", "postgres", "mysql")
    assert "LIMIT 9223372036854775807 OFFSET 2" in sql


def test_a_double_is_rounded_as_a_decimal_in_postgres():
    sql = written("SELECT ROUND(bonus, 1) FROM emp", "sqlite", "postgres")
    assert "ROUND(CAST(emp.bonus AS DECIMAL), 1)" in sql
