"""FILTER of an aggregate, in dialects that have none."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_ir
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.tables import catalogue

K = {"column": "n"}
MORE = {"op": ">", "args": [{"column": "n"}, 1]}
THERE = {"op": "is not null", "args": [{"column": "n"}]}


def written(target, condition=MORE, **aggregate):
    """Return the SQL of a query expression of a dialect, on one line, or its error."""
    select = [{"expr": {**aggregate, "filter": condition}, "as": "x"}]
    document = {"dialect": target, "query": {"from": {"table": "item"}, "select": select}}
    judgement = judge_ir(document, DIALECTS[target], catalogue(target))
    return " ".join((judgement.sql or judgement.issues[0].message).split())


@pytest.mark.parametrize("agg", ["any_value", "array_agg"])
def test_what_would_take_a_null_is_refused(agg):
    assert f"BigQuery has no FILTER of {agg.upper()}." in written("bigquery", agg=agg, args=[K])


def test_a_null_is_left_out_by_others():
    assert "SUM(CASE WHEN n > 1 THEN n END)" in written("bigquery", agg="sum", args=[K])
    best = written("snowflake", agg="max_by", args=[{"column": "s"}, K])
    assert "MAX_BY(s, CASE WHEN n > 1 THEN n END)" in best


@pytest.mark.parametrize("target", ["snowflake", "oracle"])
def test_a_percentile_is_of_the_values_that_the_filter_keeps(target):
    sql = written(target, agg="percentile_cont", args=[0.5], order_by=[{"by": K}])
    assert "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY CASE WHEN n > 1 THEN n END)" in sql


@pytest.mark.parametrize("target", ["snowflake", "bigquery"])
def test_a_filter_of_max_by_is_in_a_window(target):
    sql = judged("SELECT MAX_BY(s, n) FILTER (WHERE n > 1) FROM item", "duckdb", target).sql
    kept = "CASE WHEN n IS NOT NULL AND s IS NOT NULL AND n > 1 THEN s END"
    assert f"FIRST_VALUE({kept})" in " ".join(str(sql).replace("item.", "").split())


@pytest.mark.parametrize("call", ["ARRAY_AGG(s)", "ANY_VALUE(s)"])
@pytest.mark.parametrize("target", ["snowflake", "bigquery"])
def test_a_translation_does_not_filter_by_a_null(call, target):
    assert refused(f"SELECT {call} FILTER (WHERE n > 1) FROM item", "duckdb", target)


def test_bigquery_ignores_nulls_in_arrays():
    for sql in (
        "SELECT ARRAY_AGG(n IGNORE NULLS) FROM item",
        "SELECT ARRAY_AGG(DISTINCT n IGNORE NULLS ORDER BY n DESC) FROM item",
    ):
        judgement = judged(sql, "bigquery", "bigquery")
        assert judgement.valid, judgement.issues
        assert " ".join(str(judgement.sql).split()) == sql
        assert judgement.ir
        aggregate = judgement.ir["query"]["select"][0]["expr"]
        assert aggregate["filter"]["op"] == "is not null"
    assert "ARRAY_AGG(n IGNORE NULLS)" in written("bigquery", THERE, agg="array_agg", args=[K])
    kept = judged("SELECT ARRAY_AGG(n RESPECT NULLS) FROM item", "bigquery", "bigquery")
    assert kept.ir
    assert "filter" not in kept.ir["query"]["select"][0]["expr"]
    assert refused("SELECT SUM(n IGNORE NULLS) FROM item", "bigquery", "bigquery")


def test_the_mode_of_postgres_has_no_name_elsewhere(engines):
    sql = "SELECT MODE() WITHIN GROUP (ORDER BY n) FILTER (WHERE n > 1) FROM item"
    for target in DIALECTS:
        if target != "postgres":
            (issue,) = judged(sql, "postgres", target).issues
            assert "has no MODE() WITHIN GROUP" in issue.message
    assert_same(engines, sql, "postgres", "postgres")


def test_a_number_with_its_digits_is_a_number():
    for target in ("postgres", "duckdb", "oracle", "snowflake"):
        share = {"number": "0.5"}
        sql = written(target, agg="percentile_cont", args=[share], order_by=[{"by": K}])
        assert "0.5" in sql, sql
        assert "internal" not in sql
