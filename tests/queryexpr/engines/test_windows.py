"""Windows that pass over nulls, and frames of a length of time: the same rows, or refused by name."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.rows import plain
from tests.queryexpr.engines.tables import catalogue

IGNORING = [
    "LAG(m IGNORE NULLS) OVER (ORDER BY id)",
    "LEAD(m, 2, 0 IGNORE NULLS) OVER (ORDER BY id)",
    "FIRST_VALUE(s IGNORE NULLS) OVER (ORDER BY id DESC ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
    "LAST_VALUE(r IGNORE NULLS) OVER (ORDER BY id)",
    "NTH_VALUE(n, 2 IGNORE NULLS) OVER (ORDER BY id)",
    "FIRST_VALUE(n RESPECT NULLS) OVER (ORDER BY m)",
]
FRAMES = [
    "SUM(n) OVER (ORDER BY day RANGE BETWEEN INTERVAL '400' DAY PRECEDING AND CURRENT ROW)",
    "COUNT(*) OVER (ORDER BY day RANGE BETWEEN INTERVAL '1' YEAR PRECEDING AND INTERVAL '2' MONTH FOLLOWING)",
    "COUNT(*) OVER (ORDER BY seen RANGE INTERVAL '9' HOUR PRECEDING)",
]


@pytest.mark.parametrize("value", IGNORING)
def test_nulls_are_passed_over(engines, value):
    assert_same(engines, f"SELECT id, {value} FROM item", "duckdb", "duckdb")


@pytest.mark.parametrize(
    ("dialect", "call"),
    [
        ("bigquery", "FIRST_VALUE(n IGNORE NULLS) OVER"),
        ("snowflake", "FIRST_VALUE(n) IGNORE NULLS OVER"),
        ("oracle", "FIRST_VALUE(n) IGNORE NULLS OVER"),
        ("tsql", "FIRST_VALUE(n) IGNORE NULLS OVER"),
    ],
)
def test_the_words_are_inside_of_the_call_or_behind_it(engines, dialect, call):
    rows = "(ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
    sql = f"SELECT id, {call} {rows} FROM item"
    assert call in " ".join(str(judged(sql, dialect, dialect).sql).split())
    assert_same_in_duckdb(engines, sql, dialect, f"FIRST_VALUE(n IGNORE NULLS) OVER {rows}")


def assert_same_in_duckdb(engines, sql, dialect, value):
    written = str(judged(sql, dialect, "duckdb").sql)
    ours = engines.run("duckdb", f"SELECT id, {value} FROM item")
    assert plain(engines.run("duckdb", written)) == plain(ours)


@pytest.mark.parametrize("target", ["postgres", "mysql", "sqlite"])
def test_where_nulls_are_not_passed_over_it_is_refused(target):
    sql = "SELECT LAG(m IGNORE NULLS) OVER (ORDER BY id) FROM item"
    assert refused(sql, "duckdb", target) == {"dialect"}
    plain = "SELECT LAG(m) OVER (ORDER BY id) FROM item"
    assert not refused(plain.replace("m)", "m RESPECT NULLS)"), "duckdb", target)


def test_bigquery_passes_over_nulls_of_no_lag():
    sql = "SELECT LAG(m IGNORE NULLS) OVER (ORDER BY id) FROM item"
    assert refused(sql, "bigquery", "bigquery") == {"not_supported"}
    assert refused(sql, "duckdb", "bigquery") == {"dialect"}


@pytest.mark.parametrize("value", FRAMES)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_a_frame_of_a_length_of_time_is_the_same(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item WHERE day IS NOT NULL AND seen IS NOT NULL",
                source, target)  # fmt: skip


def test_where_there_are_no_such_frames_they_are_refused():
    for target in ("sqlite", "tsql", "bigquery", "mysql"):
        assert refused(f"SELECT {FRAMES[0]} FROM item", "postgres", target) == {"dialect"}


def test_frames_of_groups_are_refused_where_there_are_none(engines):
    sql = "SELECT id, SUM(n) OVER (ORDER BY m GROUPS 1 PRECEDING) FROM item"
    assert_same(engines, sql, "postgres", "sqlite")
    assert refused(sql, "postgres", "mysql") == {"dialect"}
    assert refused(sql, "mysql", "mysql") == {"not_supported"}


def test_it_is_explained():
    sql = f"SELECT {FRAMES[0]}, {IGNORING[0]} FROM item"
    text = " ".join(judge(sql, DIALECTS["duckdb"], catalogue("duckdb")).explanation)
    assert "from 400 days before to the current row" in text
    assert "passing over rows without a value" in text


def test_a_query_expression_may_not_ignore_nulls_of_a_sum():
    window = {"window": {"agg": "sum", "args": [{"column": "n"}]}, "ignore_nulls": True}
    query = {"query": {"from": {"table": "item"}, "select": [{"expr": window}]}}
    issues = judge(query, DIALECTS["duckdb"], catalogue("duckdb")).issues
    assert [issue.code for issue in issues] == ["window"]


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize(
    "window",
    ["ORDER BY n, id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
     "ORDER BY n DESC, id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
     "ORDER BY n NULLS FIRST, id DESC ROWS UNBOUNDED PRECEDING",
     "PARTITION BY ok ORDER BY r RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"],
)  # fmt: skip
def test_nulls_keep_their_place_in_a_frame(engines, window, source):
    sql = f"SELECT id, SUM(id) OVER ({window}), COUNT(*) OVER ({window}) FROM item"
    assert_same(engines, sql, source, "mysql")
