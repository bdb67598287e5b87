"""QUALIFY is written as a query in FROM where there is none, and keeps the same rows."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.rows import plain
from tests.queryexpr.engines.tables import catalogue

QUERIES = [
    "SELECT id, n FROM item QUALIFY ROW_NUMBER() OVER (PARTITION BY ok ORDER BY id) = 1",
    "SELECT * FROM part QUALIFY RANK() OVER (PARTITION BY item_id ORDER BY k DESC) <= 1",
    "SELECT id, ROW_NUMBER() OVER (ORDER BY n, id) AS rn FROM item QUALIFY rn BETWEEN 2 AND 4",
    "SELECT id, id AS kept, n + 1 FROM item QUALIFY LAG(n) OVER (ORDER BY id) IS NULL",
    "SELECT n, COUNT(*) AS c FROM item GROUP BY n QUALIFY RANK() OVER (ORDER BY COUNT(*) DESC) = 1",
    "SELECT DISTINCT ok FROM item QUALIFY COUNT(*) OVER (PARTITION BY n) > 1",
    "WITH q AS (SELECT id, n FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY id) < 4)"
    " SELECT q.id, w FROM q JOIN part ON part.item_id = q.id",
    "SELECT id FROM item WHERE id IN (SELECT item_id FROM part"
    " QUALIFY ROW_NUMBER() OVER (ORDER BY k) < 3)",
    "SELECT id FROM item QUALIFY NOT (SUM(n) OVER (ORDER BY id) > 10)",
]
ORDERED = [
    "SELECT id FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY id) < 5 ORDER BY id DESC LIMIT 2",
    "SELECT id FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY id) < 5 ORDER BY -id LIMIT 3 OFFSET 1",
    "SELECT id AS x FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY id) < 5 ORDER BY 1 DESC LIMIT 1",
]


@pytest.mark.parametrize("sql", QUERIES)
@pytest.mark.parametrize("target", ["sqlite", "postgres", "mysql"])
def test_the_same_rows_are_kept(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize("sql", ORDERED)
@pytest.mark.parametrize("target", ["sqlite", "postgres", "mysql"])
def test_the_rows_keep_their_order(engines, sql, target):
    ours = engines.run("duckdb", sql)
    theirs = engines.run(target, str(judged(sql, "duckdb", target).sql))
    assert plain(ours, ordered=True) == plain(theirs, ordered=True)


def test_a_query_expression_with_qualify_is_for_every_dialect(engines):
    number = {"window": {"fn": "row_number"}, "order_by": [{"by": {"column": "pid"}}]}
    select = [{"expr": {"column": "pid"}}]
    query = {"from": {"table": "part"}, "select": select,
             "qualify": {"op": "<", "args": [number, 3]}}  # fmt: skip
    for dialect in ("sqlite", "duckdb", "mysql"):
        sql = judge({"query": query}, DIALECTS[dialect], catalogue(dialect)).sql
        assert plain(engines.run(dialect, str(sql))) == [(1.0,), (2.0,)]


def test_columns_that_are_not_known_are_refused():
    sql = "SELECT * FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1"
    issues = judge(sql, DIALECTS["sqlite"], source=DIALECTS["duckdb"]).issues
    assert [issue.code for issue in issues] == ["dialect"]


def test_order_by_that_computes_with_a_result_is_refused():
    sql = "SELECT n + 1 AS x FROM item QUALIFY ROW_NUMBER() OVER (ORDER BY id) = 1 ORDER BY x * 2"
    assert refused(sql, "duckdb", "sqlite") == {"dialect"}
