"""Queries in FROM that see the tables before them: LATERAL, CROSS APPLY and OUTER APPLY."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.queryexpr.rows import arrays
from tests.queryexpr.rows.arrays import with_postgres
from tests.queryexpr.rows.staff import carried, errors, judged, run, written

LAST = (
    "(SELECT s.id AS sale, s.amount FROM sale s WHERE s.emp_id = e.id ORDER BY s.id DESC LIMIT 1)"
)
QUERIES = [
    f"SELECT e.name, t.amount FROM emp e CROSS JOIN LATERAL {LAST} t",
    f"SELECT e.name, t.amount FROM emp e, LATERAL {LAST} AS t WHERE t.amount > 1",
    f"SELECT e.name, t.amount FROM emp e LEFT JOIN LATERAL {LAST} t ON TRUE",
    "SELECT e.id, t.twice, u.more FROM emp e, LATERAL (SELECT e.id * 2 AS twice) t, LATERAL (SELECT t.twice + e.id AS more) u",
    "SELECT e.id, t.n FROM emp e, LATERAL (SELECT COUNT(*) FROM sale WHERE emp_id = e.id) AS t (n) JOIN tag ON tag.id = t.n",
    "SELECT id, (SELECT t.n FROM dept d, LATERAL (SELECT d.id + e.id AS n) t WHERE d.id = e.dept_id) AS n FROM emp e",
]  # fmt: skip


@pytest.mark.parametrize("sql", QUERIES)
def test_rows_are_made_for_each_row_as_duckdb_makes_them(sql: str) -> None:
    assert carried(sql, "duckdb") == run("duckdb", sql) != []
    assert carried(sql, "postgres", "duckdb") == run("duckdb", sql)


@pytest.fixture(scope="module")
def postgres() -> Iterator[None]:
    with with_postgres():
        yield


def test_postgres_takes_it(postgres: None) -> None:
    sql = "SELECT s.id, t.n FROM shop s LEFT JOIN LATERAL (SELECT s.id + 1 AS n WHERE s.id > 1) t ON TRUE"
    assert arrays.carried(sql, "postgres") == arrays.run("postgres", sql) != []


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "mysql", "snowflake"])
def test_a_dialect_that_has_it_writes_it(dialect: str) -> None:
    assert " CROSS JOIN LATERAL ( SELECT" in written(QUERIES[3].replace(" AS t", " t"), dialect)


def test_oracle_writes_apply() -> None:
    assert " CROSS APPLY ( SELECT" in written(QUERIES[3].replace(" AS t", " t"), "oracle")


def test_tsql_calls_it_apply() -> None:
    inner = "(SELECT MAX(s.amount) AS top FROM sale s WHERE s.emp_id = e.id) AS t"
    for kind in ("CROSS", "OUTER"):
        sql = f"SELECT e.name, t.top FROM emp AS e {kind} APPLY {inner}"
        assert f"{kind} APPLY ( SELECT" in written(sql, "tsql")
        assert written(written(sql, "tsql"), "tsql") == written(sql, "tsql")


@pytest.mark.parametrize(
    ("source", "target"),
    [("postgres", "sqlite"), ("postgres", "bigquery"), ("duckdb", "sqlite")],
)
def test_what_lacks_it_is_named(source: str, target: str) -> None:
    messages = [issue.message for issue in judged(QUERIES[3], source, target).issues]
    assert any(" has no LATERAL" in message for message in messages), messages


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT 1 FROM emp e, (SELECT e.id AS n) t", "unknown_alias"),
        ("SELECT 1 FROM LATERAL (SELECT e.id AS n) t, emp e", "unknown_alias"),
        ("SELECT 1 FROM emp e RIGHT JOIN LATERAL (SELECT e.id AS n) t ON TRUE", "join"),
        ("SELECT t.nosuch FROM emp e, LATERAL (SELECT e.id AS n) t", "unknown_column"),
        ("SELECT 1 FROM emp e, LATERAL (SELECT nosuch AS n) t", "unknown_column"),
    ],
)
def test_mistakes_are_errors(sql: str, code: str) -> None:
    assert code in errors(sql, "postgres")


def test_it_is_explained_read_from_json_and_no_cartesian_join() -> None:
    answer = judged(QUERIES[0], "postgres")
    assert any("The table t, made again for each row" in line for line in answer.explanation)
    assert judged(json.loads(json.dumps(answer.ir)), "postgres").sql == answer.sql
    assert "cartesian_join" not in [issue.code for issue in answer.issues]
