"""Columns without an alias that a query names as Postgres calls them."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused

QUERIES = [
    "SELECT x.count FROM (SELECT COUNT(*) FROM item) AS x",
    "SELECT k, count(*) FROM part GROUP BY k ORDER BY count DESC, k LIMIT 3",
    "SELECT max, x.sum FROM (SELECT MAX(n), SUM(n) FROM item) AS x",
    "SELECT lower, count FROM (SELECT LOWER(w), COUNT(pid) FROM part GROUP BY 1) AS x",
    "WITH c AS (SELECT k, SUM(pid) FROM part GROUP BY k) SELECT k, sum FROM c WHERE sum > 2",
    "SELECT row_number FROM (SELECT ROW_NUMBER() OVER (ORDER BY id) FROM item) AS x",
]


@pytest.mark.parametrize("sql", QUERIES)
@pytest.mark.parametrize("target", ["postgres", "duckdb", "sqlite", "mysql"])
def test_the_name_of_a_call_is_the_name_of_its_column(engines, sql, target):
    assert_same(engines, sql, "postgres", target)


def test_a_column_that_nothing_names_gets_no_alias():
    assert " AS " not in str(judged("SELECT COUNT(*) FROM item", "postgres", "postgres").sql)


@pytest.mark.parametrize("source", ["sqlite", "mysql", "duckdb"])
def test_other_dialects_have_other_names(source):
    assert refused(QUERIES[0], source, source) == {"unknown_column"}
