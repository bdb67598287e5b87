"""Names of columns behind an alias in FROM: `(SELECT …) AS t (a, b)`."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, run, written

COUNTS = "SELECT dept_id, COUNT(*) FROM emp GROUP BY dept_id"
QUERIES = [
    f"SELECT d, n FROM ({COUNTS}) AS t (d, n) WHERE n > 1",
    f"SELECT dept_id, n FROM ({COUNTS}) AS t (dept_id, n)",
    # An alias that another clause could mean, before or after
    "SELECT b FROM (SELECT id AS x, salary AS y FROM emp ORDER BY x LIMIT 2) AS t (a, b)",
    "SELECT salary FROM (SELECT id, salary FROM emp ORDER BY salary, id LIMIT 3) AS t (salary, id)",
    "SELECT n FROM (SELECT name, id FROM emp WHERE id > 1) AS t (id, n)",
    "SELECT a FROM (SELECT id, name FROM emp) AS t (a)",
    "SELECT a, b FROM (SELECT id, name FROM emp UNION SELECT id, word FROM tag) AS t (a, b)",
    "SELECT a FROM (SELECT id, name FROM dept UNION ALL SELECT id, word FROM tag ORDER BY id LIMIT 3) AS t (a, b)",
    "SELECT a, b FROM (SELECT * FROM dept) AS t (a, b)",
    "SELECT a, t.b FROM dept AS t (a, b) JOIN emp ON emp.dept_id = t.a",
    "SELECT dept.a FROM (SELECT id, name FROM dept ORDER BY id LIMIT 2) AS dept (a, b)",
]


@pytest.mark.parametrize("sql", QUERIES)
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_columns_have_the_names_behind_the_alias(sql: str, target: str) -> None:
    assert carried(sql, "duckdb", target) == run("duckdb", sql)


@pytest.mark.parametrize("target", ["tsql", "oracle", "snowflake", "bigquery", "mysql", "postgres"])
def test_what_is_written_needs_no_names_behind_an_alias(target: str) -> None:
    for sql in QUERIES[:2]:
        assert "t (" not in written(sql, "postgres", target)


def test_more_names_than_columns_are_an_error() -> None:
    assert errors("SELECT a FROM (SELECT id FROM emp) AS t (a, b)", "postgres")


@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_the_columns_of_with_keep_their_names_in_a_translation(target: str) -> None:
    sql = (
        "WITH r (no, total) AS (SELECT dept_id, SUM(salary) + 1 FROM emp GROUP BY dept_id)"
        " SELECT d.name, total FROM dept d, r WHERE d.id = no AND total = (SELECT MAX(total) FROM r)"
    )
    assert carried(sql, "postgres", target) == run("duckdb", sql)


def test_the_columns_of_with_are_named_in_a_dialect_without_an_engine_here() -> None:
    sql = "WITH r (n) AS (SELECT salary + 1 FROM emp) SELECT n FROM r"
    assert "r(n) AS" in written(sql, "postgres", "mysql")
