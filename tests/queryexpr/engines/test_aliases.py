"""Aliases that are used again in the same SELECT."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES

QUERIES = [
    "SELECT n + 1 AS a, a * 2 AS b, a - b AS c FROM item",
    "SELECT id AS n, n + 1 AS x FROM item",  # the column comes first
    "SELECT k, SUM(pid) AS total, COUNT(*) AS c, total * c AS x FROM part GROUP BY k",
    "SELECT UPPER(w) AS u, COUNT(*) AS c, c + 1 AS d FROM part GROUP BY u ORDER BY u, d",
    "SELECT pid AS a, ROW_NUMBER() OVER (ORDER BY a DESC) AS r, r + a AS s FROM part",
    "SELECT x.c FROM (SELECT n AS b, b + 1 AS c FROM item) AS x WHERE x.c > 3",
]


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("sql", QUERIES)
def test_an_alias_is_used_again(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize("source", ["postgres", "mysql", "sqlite", "bigquery", "tsql"])
def test_other_dialects_do_not_see_it(source):
    assert refused(QUERIES[0], source, source) == {"unknown_column"}


def test_snowflake_sees_it():
    sql = str(judged(QUERIES[0], "snowflake", "snowflake").sql)
    assert "(n+1)*2ASb" in "".join(sql.split())


def test_an_alias_does_not_see_those_after_it():
    sql = "SELECT a + 1 AS b, n AS a FROM item"
    assert refused(sql, "duckdb", "duckdb") == {"unknown_column"}


def test_a_subquery_does_not_see_it():
    sql = "SELECT pid AS a, (SELECT MAX(n) FROM item WHERE id = a) AS b FROM part"
    assert refused(sql, "duckdb", "duckdb") == {"unknown_column"}


def test_aliases_do_not_grow_without_end():
    steps = ", ".join(f"a{n} + a{n} AS a{n + 1}" for n in range(30))
    sql = f"SELECT n AS a0, {steps} FROM item"
    assert refused(sql, "duckdb", "duckdb") == {"too_large"}
