"""STRING_AGG with ORDER BY for SQLite, whose GROUP_CONCAT has none before version 3.44."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_ir
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.tables import catalogue

TEXTS = [
    "SELECT {agg}(w, ',' ORDER BY pid DESC) FROM part",
    "SELECT {agg}(w, ',' ORDER BY pid) AS ws, COUNT(*) FROM part WHERE pid > 99",
    "SELECT k, {agg}(w, ', ' ORDER BY w DESC, pid) AS x, SUM(pid) FROM part GROUP BY k ORDER BY x",
    "SELECT k, {agg}(DISTINCT w, ',' ORDER BY w) FROM part GROUP BY k HAVING COUNT(*) > 1",
    """SELECT p.k + 1 AS key, {agg}(i.s || '-' || p.w, ',' ORDER BY i.id, p.pid),
       {agg}(DISTINCT i.s, '/' ORDER BY i.s) FILTER (WHERE i.id < 3) FROM item i
       LEFT JOIN part p ON p.item_id = i.id GROUP BY p.k + 1""",
    "SELECT id, (SELECT {agg}(w, ',' ORDER BY pid DESC) FROM part WHERE item_id = id) FROM item",
    "SELECT ok, {agg}(s, ',' ORDER BY n, id) FILTER (WHERE n > 0) AS t FROM item GROUP BY 1",
    "SELECT UPPER(w) AS u, {agg}(w, ',' ORDER BY pid) FROM part GROUP BY u ORDER BY u LIMIT 2",
    "WITH t AS (SELECT k, w FROM part) SELECT k, {agg}(w, ',' ORDER BY w) FROM t GROUP BY k",
    """SELECT i.id, p.item_id, {agg}(p.w, ',' ORDER BY p.pid) FROM item i
       JOIN part p ON p.item_id = i.id GROUP BY i.id, p.item_id""",
]


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("sql", TEXTS)
def test_texts_are_joined_in_their_order(engines, sql, source):
    assert_same(engines, sql.format(agg="STRING_AGG"), source, "sqlite")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT k, GROUP_CONCAT(w ORDER BY pid DESC SEPARATOR ';') FROM part GROUP BY k",
        "SELECT k, GROUP_CONCAT(DISTINCT pid ORDER BY pid DESC) FROM part GROUP BY k ORDER BY 2",
    ],
)
def test_group_concat_of_mysql_keeps_its_order(engines, sql):
    assert_same(engines, sql, "mysql", "sqlite")


def test_sqlite_itself_gets_the_older_form(engines):
    sql = str(
        judged("SELECT group_concat(w, '+' ORDER BY pid DESC) FROM part", "sqlite", "sqlite").sql
    )
    assert engines.run("sqlite", sql) == [("x+z+y+Y+x",)]


def test_a_portable_text_keeps_its_order(engines):
    text = {"agg": "string_agg", "args": [{"column": "w"}, "+"], "order_by": [
        {"by": {"column": "pid"}, "dir": "desc"}]}  # fmt: skip
    document = {"query": {"from": {"table": "part"}, "select": [{"expr": text}]}}
    sql = judge_ir(document, DIALECTS["sqlite"], catalogue("sqlite")).sql
    assert engines.run("sqlite", str(sql)) == [("x+z+y+Y+x",)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT STRING_AGG(w, ',' ORDER BY pid), COUNT(*) OVER () FROM part GROUP BY k",
        "SELECT STRING_AGG(w, ',' ORDER BY pid), (SELECT 1) FROM part",
        "SELECT MAX(k) AS w, STRING_AGG(w, ',' ORDER BY pid) FROM part GROUP BY w",
    ],
)
def test_other_queries_with_ordered_texts_are_refused(sql):
    assert refused(sql, "postgres", "sqlite") == {"dialect"}


def test_distinct_texts_in_another_order_are_refused():
    sql = "SELECT GROUP_CONCAT(DISTINCT w ORDER BY pid) FROM part"
    assert refused(sql, "mysql", "sqlite") == {"dialect"}
