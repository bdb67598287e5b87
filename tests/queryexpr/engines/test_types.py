"""What strict databases refuse for its types, or its order, is refused here, with their reasons."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

WRONG = [
    "SELECT id FROM item WHERE n IN (SELECT s FROM item)",
    "SELECT id FROM item WHERE s IN (1, 2)",
    "SELECT (SELECT s FROM item LIMIT 1) - (SELECT s FROM item LIMIT 1)",
    "SELECT id FROM item WHERE n = (SELECT MIN(s) FROM item)",
    "SELECT id FROM item WHERE day > '1930'",
    "SELECT id FROM item WHERE day BETWEEN '2020-01' AND '2020-12'",
    "SELECT id FROM item WHERE day IN ('201306')",
    "SELECT CASE WHEN n IS NULL THEN 'N/A' ELSE r END FROM item",
    "SELECT COALESCE(n, 'N/A') FROM item",
    "SELECT COALESCE(n, s) FROM item",
    "SELECT 'Free Meals' * 100.0 FROM item",
]
RIGHT = [
    "SELECT n IN (1, NULL, '3') FROM item",
    "SELECT id FROM item WHERE n = (SELECT MAX(n) FROM item)",
    "SELECT id FROM item WHERE day IN ('20200131', '2021-02-28')",
    "SELECT id FROM item WHERE s IN (SELECT w FROM part)",
    "SELECT CASE WHEN n IS NULL THEN '0.5' ELSE r END FROM item",
    "SELECT COALESCE(n, '7'), '5' * n FROM item",
    "SELECT (SELECT MAX(n) FROM item) - (SELECT MIN(m) FROM item)",
    "SELECT id FROM item WHERE day > (SELECT MIN(seen) FROM item)",
]
LATER = (
    "SELECT a.id FROM item a JOIN part p ON a.id = p.item_id AND p.pid = b.pid "
    "JOIN part b ON b.item_id = a.id"
)


@pytest.mark.parametrize("sql", WRONG)
def test_what_postgres_refuses_is_refused(engines, sql):
    assert refused(sql, "postgres", "postgres") in ({"type_mismatch"}, {"odd_date"})
    with pytest.raises(Exception, match=r"operator|invalid input|cannot be matched|out of range"):
        engines.run("postgres", sql)


@pytest.mark.parametrize("sql", RIGHT)
def test_what_postgres_takes_is_taken(engines, sql):
    assert_same(engines, sql, "postgres", "postgres")


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "mysql"])
def test_a_condition_names_no_table_that_is_joined_later(engines, dialect):
    assert refused(LATER, dialect, dialect) == {"unknown_table"}
    with pytest.raises(Exception, match=r"b|Unknown column"):
        engines.run(dialect, LATER)


def test_but_in_sqlite(engines):
    assert_same(engines, LATER, "sqlite", "sqlite")


@pytest.mark.parametrize("target", ["postgres", "duckdb", "mysql"])
@pytest.mark.parametrize("value", ["n IS NULL", "ok", "n > 2"])
def test_a_condition_is_cast_to_a_number(engines, value, target):
    for word in ("BOOLEAN", "NUMERIC"):
        sql = f"SELECT id, CAST({value} AS {word}) FROM item"
        assert_same(engines, sql, "sqlite", target)


@pytest.mark.parametrize("target", ["postgres", "duckdb", "mysql"])
@pytest.mark.parametrize("word", ["DECIMAL", "NUMERIC", "DECIMAL(10, 2)"])
def test_a_whole_number_stays_one_in_a_decimal_of_sqlite(engines, word, target):
    sql = f"SELECT id, CAST(n AS {word}) / 2, 100 * CAST(n AS {word}) / id FROM item"
    assert_same(engines, sql, "sqlite", target)
    sql = f"SELECT CAST(SUM(n) AS {word}) / COUNT(*), CAST(d AS REAL) / 2 FROM item GROUP BY d"
    assert_same(engines, sql, "sqlite", target)


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_json_is_a_type_of_its_own(source):
    for target in {"postgres", "duckdb", "sqlite", "mysql"} - {source}:
        assert refused("SELECT CAST('{}' AS JSON)", source, target) == {"dialect"}
