"""QUALIFY: rows are kept by what windows say of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.queryexpr.rows.staff import carried, errors, judged, run, written

FIRST = "ROW_NUMBER() OVER (PARTITION BY dept_id ORDER BY salary DESC, id)"
QUERIES = [
    f"SELECT id, name FROM emp QUALIFY {FIRST} = 1 ORDER BY id",
    f"SELECT id, {FIRST} AS n FROM emp QUALIFY n = 1",
    f"SELECT * FROM emp WHERE id > 1 QUALIFY {FIRST} = 1",
    f"SELECT DISTINCT dept_id FROM emp QUALIFY {FIRST} < 3 ORDER BY dept_id LIMIT 3",
    "SELECT id FROM emp QUALIFY salary > AVG(salary) OVER ()",
    "SELECT dept_id, COUNT(*) AS n FROM emp GROUP BY dept_id HAVING COUNT(*) > 0"
    " QUALIFY RANK() OVER (ORDER BY COUNT(*) DESC) = 1",
    f"SELECT d.name FROM dept d JOIN (SELECT * FROM emp QUALIFY {FIRST} = 1) e ON e.dept_id = d.id",
    "SELECT id FROM emp QUALIFY SUM(salary) OVER w > 200 WINDOW w AS (ORDER BY id)",
]


@pytest.mark.parametrize("sql", QUERIES)
def test_rows_are_kept_as_duckdb_keeps_them(sql: str) -> None:
    if "WINDOW" in sql:  # DuckDB has it before QUALIFY
        head, _, window = sql.partition(" WINDOW ")
        sql = head.replace(" QUALIFY", f" WINDOW {window} QUALIFY")
    assert carried(sql, "duckdb", "duckdb") == run("duckdb", sql)


@pytest.mark.parametrize("dialect", ["snowflake", "bigquery"])
def test_the_others_that_have_it_write_it(dialect: str) -> None:
    for sql in QUERIES[:3]:
        assert " QUALIFY " in written(sql, dialect)
        assert carried(sql, dialect, "duckdb") == run("duckdb", sql)


@pytest.mark.parametrize("target", ["sqlite", "postgres", "mysql", "tsql", "oracle"])
def test_where_there_is_none_it_is_named(target: str) -> None:
    issues = judged(QUERIES[0], target, target).issues
    assert [issue.message for issue in issues if "no QUALIFY" in issue.message], issues
    assert " QUALIFY " not in str(judged(QUERIES[0], "duckdb", target).sql)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT id FROM emp QUALIFY id > 1", "window"),
        ("SELECT dept_id FROM emp GROUP BY dept_id QUALIFY ROW_NUMBER() OVER (ORDER BY salary) = 1", "group_by"),
        ("SELECT id FROM emp QUALIFY ROW_NUMBER() OVER (ORDER BY nosuch) = 1", "unknown_column"),
    ],
)  # fmt: skip
def test_a_condition_that_makes_no_sense_is_an_error(sql: str, code: str) -> None:
    assert errors(sql, "snowflake") == [code]


def test_it_is_explained_and_a_query_expression_may_have_it() -> None:
    answer = judged(QUERIES[0], "duckdb")
    assert answer.explanation[1].startswith("Of these, keep the rows where the row's number")
    assert answer.ir is not None
    document: Any = answer.ir
    assert judged(document, "duckdb").sql == answer.sql
