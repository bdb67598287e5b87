"""Distinct rows that are counted: with their nulls, or without the rows that have one."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_ir
from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.tables import catalogue

QUERIES = [
    "SELECT COUNT(DISTINCT {}k, w{}) FROM part",
    "SELECT item_id, COUNT(DISTINCT {}k, pid % 2{}) AS c FROM part GROUP BY item_id ORDER BY c",
]


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ["postgres", "duckdb"])
@pytest.mark.parametrize("sql", QUERIES)
def test_rows_are_counted_with_their_nulls(engines, sql, source, target):
    assert_same(engines, sql.format("(", ")"), source, target)


@pytest.mark.parametrize("target", ["mysql", "postgres", "duckdb"])
@pytest.mark.parametrize("sql", [QUERIES[0].replace("w", "pid"), QUERIES[1]])
def test_mysql_leaves_rows_with_a_null_out(engines, sql, target):
    assert_same(engines, sql.format("", ""), "mysql", target)


@pytest.mark.parametrize("target", ["sqlite", "mysql", "bigquery", "tsql", "oracle", "snowflake"])
def test_they_are_refused_where_they_are_not_the_same(target):
    assert refused(QUERIES[0].format("(", ")"), "postgres", target) == {"dialect"}
    if target not in ("mysql", "snowflake"):
        assert refused(QUERIES[0].format("", ""), "mysql", target) == {"dialect"}


@pytest.mark.parametrize(
    "value", ["MAX((k, w))", "(k, w)", "COUNT((k, w))", "SUM(DISTINCT (k, w))"]
)
def test_a_row_is_no_other_value(value):
    assert refused(f"SELECT {value} FROM part", "postgres", "postgres") == {"not_supported"}


@pytest.mark.parametrize(("agg", "distinct"), [("max", False), ("count", False), ("sum", True)])
def test_a_row_is_no_other_value_of_a_query_expression(agg, distinct):
    row = {"op": "row", "args": [{"column": "k"}, {"column": "w"}]}
    call = {"agg": agg, "args": [row], "distinct": distinct}
    query = {"from": {"table": "part"}, "select": [{"expr": call}]}
    issues = judge_ir({"query": query}, DIALECTS["postgres"], catalogue("postgres")).issues
    assert "operands" in {issue.code for issue in issues if issue.severity == "error"}
