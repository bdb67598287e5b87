"""NOT around a test is its opposite, in every pair of dialects."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, run, written

TESTS = [
    "salary IS NOT NULL",
    "(salary > 100) IS NOT NULL",
    "salary IS DISTINCT FROM 100",
    "salary IS NOT DISTINCT FROM 100",
    "salary IS NOT DISTINCT FROM NULL",
    "salary IS DISTINCT FROM dept_id",
    "name NOT LIKE 'A%'",
    "salary NOT IN (100)",
    "id NOT BETWEEN 1 AND 3",
    "NOT EXISTS (SELECT 1 FROM sale WHERE emp_id = emp.id)",
    "(NOT salary > 100) IS NULL",
    "(salary > 100) IS NOT TRUE",
    "TRUE",
]


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("source", ["sqlite", "duckdb"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
@pytest.mark.parametrize("nots", ["NOT ({})", "NOT (NOT ({}))", "NOT (NOT (NOT ({})))"])
def test_not_around_a_test_keeps_its_rows(test, source, target, nots):
    sql = f"SELECT id FROM emp WHERE {nots.format(test)}"
    assert carried(sql, source, target) == run(source, sql)


@pytest.mark.parametrize("test", ["salary IS NOT dept_id", "1.5 IS NOT 2", "NOT salary NOTNULL"])
def test_not_around_the_tests_of_sqlite_keeps_their_rows(test):
    sql = f"SELECT id FROM emp WHERE NOT ({test})"
    assert carried(sql, "sqlite") == carried(sql, "sqlite", "duckdb") == run("sqlite", sql)


@pytest.mark.parametrize("source", ["postgres", "duckdb", "sqlite"])
@pytest.mark.parametrize("target", ["postgres", "mysql", "tsql", "oracle", "snowflake", "bigquery"])
def test_what_is_not_not_null_is_null_in_every_dialect(source, target):
    sql = written("SELECT id FROM emp WHERE NOT salary IS NOT NULL", source, target)
    assert sql.endswith("WHERE salary IS NULL")


@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_the_null_safe_test_of_mysql_may_be_negated(target):
    sql = written("SELECT id FROM emp WHERE NOT (salary <=> 100)", "mysql", target)
    assert sql.endswith("WHERE salary IS DISTINCT FROM 100")
