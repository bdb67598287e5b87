"""A star that leaves columns out, or replaces some, is the columns that it means, everywhere."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.rows import plain
from tests.queryexpr.engines.servers import PAIRS
from tests.queryexpr.engines.tables import catalogue

STARS = [
    "SELECT * EXCLUDE (day, seen) FROM item",
    "SELECT * REPLACE (n + 1 AS n, s || '!' AS s) FROM item",
    "SELECT item.* EXCLUDE (seen) REPLACE (id * 2 AS id), w FROM item JOIN part ON item_id = id",
    "SELECT x.* EXCLUDE n FROM (SELECT n, m, id FROM item) AS x",
    "SELECT * EXCLUDE (id) FROM (SELECT id, n FROM item) a JOIN (SELECT id, m FROM item) b USING (id)",
    "WITH c AS (SELECT * EXCLUDE (r, d, seen) FROM item) SELECT * EXCLUDE s FROM c",
]


@pytest.mark.parametrize("sql", STARS)
@pytest.mark.parametrize("target", ["duckdb", "postgres", "sqlite", "mysql"])
def test_a_star_without_some_columns_is_the_others(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize("start", ["n + 1 AS q, *", "ROW_NUMBER() OVER (ORDER BY id) AS q, *"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_star_that_is_not_first_is_its_columns_in_mysql(engines, start, source, target):
    if source != "mysql":
        assert_same(engines, f"SELECT {start} FROM item", source, target)
        sql = f"SELECT x.n FROM (SELECT {start} FROM item) AS x WHERE q < 9"
        assert_same(engines, sql, source, target)


def test_a_star_that_is_not_alone_is_its_columns_in_oracle():
    sql = str(judged("SELECT *, n + 1 AS q FROM item", "oracle", "oracle").sql)
    assert "*" not in sql
    assert "item.seen" in sql
    assert "*" in str(judged("SELECT * FROM item", "oracle", "oracle").sql)


A, K, Z, V = (
    "(SELECT n AS x, id FROM item) a",
    "(SELECT k AS y, pid + 1 AS id FROM part) k",
    "(SELECT id, r AS w, n AS x FROM item) z",
    "(SELECT pid AS u, k AS y, item_id AS x FROM part) v",
)
MERGED = [
    f"{A} JOIN {K} USING (id)",
    f"{A} LEFT JOIN {K} USING (id)",
    f"{A} RIGHT JOIN {K} USING (id)",
    f"{A} NATURAL JOIN {K}",
    f"{A} JOIN {Z} USING (id, x)",
    f"{K} JOIN {A} USING (id) LEFT JOIN {V} USING (x)",
    f"{K} JOIN {A} USING (id) RIGHT JOIN {V} USING (x)",
]


@pytest.mark.parametrize("joined", MERGED)
@pytest.mark.parametrize(("source", "target"), [p for p in PAIRS if p[0] != "duckdb"])
def test_a_star_has_the_columns_that_using_merges_in_the_same_order(
    engines, joined, source, target
):
    assert_same(engines, f"SELECT * FROM {joined}", source, target)


@pytest.mark.parametrize("joined", MERGED)
@pytest.mark.parametrize("engine", ["sqlite", "postgres", "mysql"])
def test_columns_are_in_the_order_of_the_rows(engines, joined, engine):
    sql = f"SELECT * FROM {joined}"
    columns = judged(sql, engine, engine).columns or ()
    if len({*columns}) == len(columns):
        items = ", ".join(columns)
        rows = engines.run(engine, f"SELECT {items} FROM ({sql}) q")
        assert plain(rows) == plain(engines.run(engine, sql))


def test_bigquery_and_snowflake_have_words_of_their_own():
    for dialect, word in (("bigquery", "EXCEPT"), ("snowflake", "EXCLUDE")):
        sql = judged(f"SELECT p.* {word} (w) FROM part AS p", dialect, "sqlite").sql
        assert " ".join(str(sql).split()).startswith("SELECT p.pid, p.item_id, p.k FROM part")


def test_a_star_without_a_column_that_is_not_there_is_an_error():
    assert refused("SELECT * EXCLUDE (nn) FROM item", "duckdb", "duckdb") == {"unknown_column"}
    assert refused("SELECT * REPLACE (1 AS nn) FROM item", "duckdb", "duckdb") == {"unknown_column"}
    assert refused("SELECT * EXCLUDE (n) FROM item, UNNEST([1]) AS u(x)", "duckdb", "duckdb") == {
        "star"
    }


def test_without_a_schema_the_columns_are_not_known():
    issues = judge("SELECT * EXCLUDE (n) FROM item", DIALECTS["duckdb"]).issues
    assert [issue.code for issue in issues] == ["star"]


def test_a_query_expression_leaves_columns_out():
    star = {"star": True, "except": ["w", "k"]}
    query = {"query": {"from": {"table": "part"}, "select": [{"expr": star}]}}
    sql = judge(query, DIALECTS["sqlite"], catalogue("sqlite")).sql
    assert " ".join(str(sql).split()) == "SELECT part.pid, part.item_id FROM part"
