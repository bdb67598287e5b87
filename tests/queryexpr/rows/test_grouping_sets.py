"""Rows that are grouped several times: ROLLUP, CUBE, GROUPING SETS and GROUPING."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.queryexpr.rows.staff import carried, errors, judged, run, written

HEAD = "SELECT dept_id, active, COUNT(*) AS n FROM emp GROUP BY"
CLAUSES = [
    "ROLLUP (dept_id, active)", "CUBE (dept_id, active)", "GROUPING SETS ((dept_id, active), (), ())",
    "GROUPING SETS (dept_id, (active))", "dept_id, ROLLUP (active)", "ROLLUP ((dept_id, active))",
    "ROLLUP (dept_id), ROLLUP (active)", "GROUPING SETS (ROLLUP (dept_id), CUBE (active))",
    "dept_id, CUBE (dept_id, active)", "(dept_id, active)", "ROLLUP (1, 2)",
]  # fmt: skip
QUERIES = [
    *(f"{HEAD} {clause}" for clause in CLAUSES),
    "SELECT dept_id, GROUPING(dept_id) AS g, SUM(salary) FROM emp GROUP BY ROLLUP (dept_id)"
    " HAVING COUNT(*) > 1 ORDER BY GROUPING(dept_id), 1",
    "SELECT GROUPING_ID(dept_id, active), COUNT(*) FROM emp GROUP BY CUBE (dept_id, active)",
    "SELECT dept_id AS d, id % 2 AS odd, COUNT(*) FROM emp GROUP BY ROLLUP (d, odd)",
    "SELECT n, COUNT(*) FROM (SELECT dept_id, COUNT(*) AS n FROM emp GROUP BY ROLLUP (dept_id)) t GROUP BY n",
]


@pytest.mark.parametrize("sql", QUERIES)
def test_rows_are_grouped_as_duckdb_groups_them(sql: str) -> None:
    assert carried(sql, "duckdb", "duckdb") == run("duckdb", sql)


@pytest.mark.parametrize("dialect", ["postgres", "snowflake", "bigquery", "tsql", "oracle"])
def test_other_dialects_write_it_and_mean_the_same(dialect: str) -> None:
    for sql in QUERIES[:4]:
        assert written(written(sql, dialect), dialect) == written(sql, dialect)
        assert carried(sql, dialect, "duckdb") == run("duckdb", sql)


def test_a_rollup_stays_one_and_mysql_has_its_own_words() -> None:
    assert "GROUP BY ROLLUP ( dept_id, active )" in written(QUERIES[0], "postgres")
    old = f"{HEAD} dept_id, active WITH ROLLUP"
    assert "GROUP BY dept_id, active WITH ROLLUP" in written(old, "mysql")
    assert "GROUP BY dept_id, active WITH ROLLUP" in written(QUERIES[0], "duckdb", "mysql")
    assert carried(old, "mysql", "duckdb") == run("duckdb", QUERIES[0])
    assert (
        "CUBE"
        not in written(f"{HEAD} dept_id, active WITH CUBE", "tsql").partition("GROUPING SETS")[0]
    )


@pytest.mark.parametrize(
    ("sql", "source", "target"),
    [
        (QUERIES[0], "sqlite", "sqlite"), (QUERIES[0], "postgres", "sqlite"),
        (QUERIES[1], "mysql", "mysql"), (QUERIES[1], "postgres", "mysql"),
    ],
)  # fmt: skip
def test_what_a_dialect_lacks_is_named(sql: str, source: str, target: str) -> None:
    messages = [issue.message for issue in judged(sql, source, target).issues]
    assert any(" has no " in message for message in messages), messages


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT name, COUNT(*) FROM emp GROUP BY ROLLUP (dept_id)", "group_by"),
        ("SELECT name, COUNT(*) FROM emp GROUP BY ROLLUP (id)", "group_by"),
        ("SELECT GROUPING(name), COUNT(*) FROM emp GROUP BY ROLLUP (dept_id)", "group_by"),
        ("SELECT COUNT(*) FROM emp GROUP BY GROUPING SETS (())", "shape"),
        ("SELECT 1 FROM emp GROUP BY ()", "shape"),
        (f"SELECT COUNT(*) FROM emp GROUP BY ROLLUP ({', '.join(f'id + {n}' for n in range(128))})", "too_many_terms"),
        (f"SELECT COUNT(*) FROM emp GROUP BY CUBE ({', '.join(f'id + {n}' for n in range(8))})", "too_many_terms"),
        (f"SELECT COUNT(*) FROM emp GROUP BY {', '.join(f'ROLLUP (id + {n})' for n in range(8))}", "too_many_terms"),
        (f"SELECT COUNT(*) FROM emp GROUP BY GROUPING SETS ({', '.join(['id'] * 129)})", "too_many_terms"),
    ],
)  # fmt: skip
def test_mistakes_and_growth_are_errors(sql: str, code: str) -> None:
    assert code in errors(sql, "postgres")


def test_a_key_in_all_sets_determines_its_row() -> None:
    sql = "SELECT id, name, COUNT(*) FROM emp GROUP BY id, ROLLUP (dept_id)"
    assert "GROUPING SETS ( (id, dept_id), (id) )" in written(sql, "postgres")


def test_it_is_explained() -> None:
    explanation = " ".join(judged(QUERIES[0], "duckdb").explanation)
    assert (
        "Group the rows 3 times, each with nulls for the values that it leaves out:" in explanation
    )
    for way in ("by dept_id and active", "by dept_id", "all together"):
        assert way in explanation


def test_a_query_expression_may_have_it_and_its_numbers_are_checked() -> None:
    document: Any = json.loads(json.dumps(judged(QUERIES[0], "duckdb").ir))
    assert document["query"]["grouping_sets"] == [[0, 1], [0], []]
    assert judged(document, "duckdb").valid
    document["query"]["grouping_sets"] = [[0, 2]]
    assert [issue.code for issue in judged(document, "duckdb").issues] == ["shape"]
