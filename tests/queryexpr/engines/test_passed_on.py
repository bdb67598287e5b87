"""What one dialect only has, which others got unchanged, or with another meaning."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused


def warnings(sql: str, source: str, target: str) -> set[str]:
    return {i.code for i in judged(sql, source, target).issues if i.severity == "warning"}


@pytest.mark.parametrize("target", ["sqlite", "duckdb", "postgres"])
def test_a_year_and_a_month_are_one_number(engines, target):
    sql = "SELECT EXTRACT(YEAR_MONTH FROM day) AS x, COUNT(*) FROM item GROUP BY x"
    assert_same(engines, sql, "mysql", target)
    other = "SELECT EXTRACT(DAY_HOUR FROM seen) FROM item"
    assert refused(other, "mysql", target) == {"dialect"}


@pytest.mark.parametrize(
    ("source", "value"),
    [("duckdb", "CAST(n AS VARIANT)"), ("snowflake", "n::VARIANT"), ("mysql", "CAST(n AS YEAR)")],
)
def test_a_type_of_one_dialect_is_named(source, value):
    assert refused(f"SELECT {value} FROM item", source, "postgres") == {"dialect"}


def test_postgres_orders_by_what_is_distinct_first():
    sql = "SELECT DISTINCT ON (n) n, id FROM item ORDER BY id"
    assert refused(sql, "duckdb", "postgres") == {"distinct_on"}
    assert not refused(sql.replace("BY id", "BY n, id"), "duckdb", "postgres")


def test_the_length_of_an_array_has_another_name(engines):
    sql = "SELECT LENGTH([1, 2, 3]), LENGTH(x), LENGTH('ab') FROM (SELECT [id] AS x FROM item) AS q"
    assert_same(engines, sql, "duckdb", "postgres")
    assert refused("SELECT LENGTH([[1], [2]])", "duckdb", "postgres") == {"dialect"}


@pytest.mark.parametrize("zone", ["+00:00", "+04:00", "-05:00", "+2:00"])
@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_an_offset_has_the_sign_that_it_has_in_mysql(engines, zone, target):
    sql = f"SELECT id FROM item WHERE CONVERT_TZ(seen, '+00:00', '{zone}') > '2020-01-31 11:00:00'"
    if target == "postgres":  # DuckDB loads time zones from an extension
        assert_same(engines, sql, "mysql", target)
    assert zone not in str(judged(sql, "mysql", target).sql)


def test_an_offset_without_a_name_is_refused():
    sql = "SELECT CONVERT_TZ(seen, '+00:00', '+05:30') FROM item"
    assert refused(sql, "mysql", "postgres") == {"dialect"}
    assert refused("SELECT seen AT TIME ZONE '+04:00' FROM item", "postgres", "duckdb")


def test_mysql_runs_what_is_in_some_comments():
    for sql in ("SELECT id /*!40000 , n */ FROM item", "SELECT id /*M! , n */ FROM item"):
        assert refused(sql, "mysql", "mysql") == {"syntax"}
        assert not refused(sql, "postgres", "postgres")
    for sql in ("SELECT '/*! x */' FROM item", "SELECT id /* x! */ FROM item -- /*! y */"):
        assert not refused(sql, "mysql", "mysql")


def test_having_without_groups_is_of_rows_in_mysql():
    sql = "SELECT 1 FROM item HAVING 1 < 2"
    assert refused(sql, "postgres", "mysql") == {"dialect"}
    assert not refused("SELECT 1 FROM item HAVING COUNT(*) > 1", "postgres", "mysql")


@pytest.mark.parametrize("target", ["sqlite", "postgres", "duckdb"])
def test_a_whole_quotient_of_decimals_is_exact(engines, target):
    assert_same(engines, "SELECT 1.2 DIV 0.4, d DIV 0.5, -7.5 DIV 2 FROM item", "mysql", target)


def test_a_quotient_of_decimals_keeps_its_fraction_in_sqlite(engines):
    assert_same(engines, "SELECT d // 3, (d * 2) // 4 FROM item", "duckdb", "sqlite")


def test_a_like_that_escapes_by_null_is_refused():
    assert refused("SELECT id FROM item WHERE s LIKE 'a' ESCAPE NULL", "duckdb", "duckdb")


def test_what_may_end_early_or_is_not_exact_is_a_warning():
    count = "WITH RECURSIVE c AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM c WHERE i < {}) SELECT i FROM c"
    assert "recursion" in warnings(count.format(5000), "postgres", "mysql")
    assert "recursion" in warnings(count.format(500), "postgres", "tsql")
    assert "recursion" not in warnings(count.format(500), "postgres", "mysql")
    assert "digits" in warnings("SELECT id FROM item WHERE d = 0.1 + 0.2", "postgres", "sqlite")
    assert "digits" not in warnings("SELECT id FROM item WHERE n = 1 + 2", "postgres", "sqlite")
