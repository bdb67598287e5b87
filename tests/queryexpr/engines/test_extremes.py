"""MAX_BY and MIN_BY for databases that lack them, with their nulls."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.rows import plain

TARGETS = ["sqlite", "mysql"]
OTHERS = [*TARGETS, "postgres"]
QUERIES = [
    "SELECT MAX_BY(s, n), MIN_BY(s, n), ARG_MAX(id, r), ARG_MIN(id, r) FROM item",
    "SELECT ok, MAX_BY(s, r), COUNT(*) AS c, SUM(n) FROM item GROUP BY ok ORDER BY c, 1",
    "SELECT item_id, MAX_BY(w, k) FROM part GROUP BY item_id HAVING MAX_BY(pid, k) > 1",
    "SELECT ok, MAX_BY(s, id) FILTER (WHERE n > 0) FROM item GROUP BY 1",
    "SELECT p.item_id, MIN_BY(i.s, p.pid) FROM item i JOIN part p ON p.item_id = i.id"
    " GROUP BY p.item_id",
    "SELECT MAX_BY(s, id) FROM item WHERE id > 99",
    "SELECT q.x FROM (SELECT MAX_BY(id, day) AS x FROM item GROUP BY ok) AS q WHERE q.x > 1",
    "WITH a AS (SELECT k, MAX_BY(w, pid) AS x FROM part GROUP BY k) SELECT x, k FROM a",
]


@pytest.mark.parametrize("sql", QUERIES)
@pytest.mark.parametrize("target", OTHERS)
def test_the_value_of_the_greatest_is_the_same(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize("target", [*OTHERS, "duckdb"])
def test_snowflake_keeps_a_null_of_the_greatest(engines, target):
    sql = "SELECT MAX_BY(w, pid) FROM part WHERE pid IN (3, 4)"
    rows = engines.run(target, str(judged(sql, "snowflake", target).sql))
    assert plain(rows) == [(None,)]
    assert plain(engines.run("duckdb", sql)) == [("y",)]


def test_a_query_in_a_value_is_for_sqlite_only(engines):
    sql = "SELECT i.id, (SELECT MAX_BY(w, k) FROM part p WHERE p.item_id = i.id) FROM item i"
    assert_same(engines, sql, "duckdb", "sqlite")
    assert refused(sql, "duckdb", "mysql") == {"dialect"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_window_of_max_by_is_refused(target):
    sql = "SELECT MAX_BY(s, n) OVER (PARTITION BY ok) FROM item"
    assert refused(sql, "duckdb", target) == {"dialect"}
