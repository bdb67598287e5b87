"""Rows that are equal to the last of LIMIT, windows on windows, and rows in DuckDB's IN."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES

target_ = pytest.mark.parametrize("target", ENGINES)
TIES = [
    "SELECT id, n FROM item ORDER BY n DESC FETCH FIRST 2 ROWS WITH TIES",
    "SELECT id, n FROM item ORDER BY n NULLS FIRST FETCH FIRST 1 ROW WITH TIES",
    "SELECT k AS x, COUNT(*) AS c FROM part GROUP BY k ORDER BY c FETCH FIRST 2 ROWS WITH TIES",
    "SELECT pid, item_id FROM part ORDER BY 2 FETCH FIRST 2 ROWS WITH TIES",
    "SELECT * FROM part ORDER BY k FETCH FIRST 2 ROWS WITH TIES",
    "SELECT id FROM (SELECT id, n FROM item ORDER BY n DESC FETCH FIRST ROW WITH TIES) AS t",
]


@target_
@pytest.mark.parametrize("sql", TIES)
def test_with_ties_keeps_equal_rows(engines, sql, target):
    assert_same(engines, sql, "postgres", target)


@target_
def test_top_with_ties_keeps_equal_rows(engines, target):
    sql = "SELECT TOP 3 WITH TIES id, k FROM item JOIN part ON id = pid ORDER BY k DESC"
    rows = engines.run(target, str(judged(sql, "tsql", target).sql))
    assert sorted(row[0] for row in rows) == [1, 2, 6]


@pytest.mark.parametrize("source", ["postgres", "oracle"])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DISTINCT n FROM item ORDER BY n FETCH FIRST 2 ROWS WITH TIES",
        "SELECT n FROM item ORDER BY n OFFSET 1 ROWS FETCH NEXT 2 ROWS WITH TIES",
        "SELECT RANK() OVER (ORDER BY id) AS r FROM item ORDER BY r FETCH FIRST 2 ROWS WITH TIES",
        "SELECT id FROM item UNION SELECT pid FROM part ORDER BY 1 FETCH FIRST 2 ROWS WITH TIES",
    ],
)
def test_ties_that_are_counted_otherwise_are_refused(sql, source):
    assert refused(sql, source, source) == {"not_supported"}


def test_ties_need_an_order():
    assert refused("SELECT id FROM item FETCH FIRST 2 ROWS WITH TIES", "postgres", "postgres") == {
        "limit"
    }
    sql = "SELECT TOP 10 PERCENT WITH TIES id FROM item ORDER BY id"
    assert refused(sql, "tsql", "tsql") == {"not_supported"}


@target_
@pytest.mark.parametrize("source", ENGINES)
def test_a_window_is_built_on_another(engines, source, target):
    sql = """SELECT id, SUM(n) OVER b, COUNT(*) OVER a, SUM(id) OVER (b ROWS 1 PRECEDING),
        MIN(id) OVER (a ORDER BY id DESC) FROM item
        WINDOW a AS (PARTITION BY ok), b AS (a ORDER BY id)"""
    assert_same(engines, sql, source, target)


@pytest.mark.parametrize(
    ("over", "windows", "code"),
    [
        ("(a PARTITION BY m)", "a AS (PARTITION BY ok)", "window"),
        ("(a ORDER BY m)", "a AS (ORDER BY ok)", "window"),
        ("(a ORDER BY m)", "a AS (ROWS 1 PRECEDING)", "window"),
        ("a", "a AS (b ORDER BY m), b AS (a)", "not_supported"),
        ("c", "a AS (ORDER BY m)", "not_supported"),
    ],
)
def test_a_window_that_cannot_be_built_is_refused(over, windows, code):
    sql = f"SELECT SUM(n) OVER {over} FROM item WINDOW {windows}"
    assert refused(sql, "postgres", "postgres") == {code}


ROWS = [
    "SELECT pid FROM part WHERE (k, w) IN ((10, 'x'), (20, 'Y'), (NULL, 'y'))",
    "SELECT pid FROM part WHERE NOT ((k, w) IN ((10, 'x'), (20, 'Y')) AND pid > 0)",
    "SELECT pid FROM part WHERE (k, w) NOT IN ((10, 'x'), (NULL, 'y'))",
    "SELECT pid, (k, w) IN ((10, 'x'), (20, 'Y')), (k, w) <> (10, NULL) FROM part",
    "SELECT pid, (k, w) = (10, 'x') FROM part WHERE (item_id, k) = (pid, item_id * 10)",
    "SELECT pid, (k, w) IN (SELECT k, w FROM part WHERE pid < 5) FROM part",
    "SELECT pid FROM part WHERE (k, pid) NOT IN (SELECT k, pid FROM part WHERE pid < 3)",
    "SELECT pid FROM part WHERE (k, pid) NOT IN (SELECT k, pid FROM part WHERE pid > 2)",
]


@target_
@pytest.mark.parametrize("sql", ROWS)
def test_rows_are_compared_as_duckdb_does(engines, sql, target):
    if target == "mysql":  # whose texts ignore case
        sql = sql.replace("'Y'", "'q'").replace("'y'", "'p'")
    assert_same(engines, sql, "duckdb", target)


def test_a_condition_that_keeps_rows_is_plain():
    sql = str(judged("SELECT pid FROM part WHERE (k, w) IN ((1, 'x'))", "duckdb", "duckdb").sql)
    assert "k = 1 AND w = 'x'" in " ".join(sql.split())


def test_the_order_of_rows_is_refused_in_duckdb():
    sql = "SELECT pid FROM part WHERE (k, w) > (10, 'a')"
    assert refused(sql, "duckdb", "duckdb") == {"not_supported"}
