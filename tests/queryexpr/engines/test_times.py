"""Times that are compared with dates in SQLite, where both are texts."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

CONDITIONS = [
    "DATE_TRUNC('year', day) = DATE '2020-01-01'", "DATE_TRUNC('year', day) IN ('2020-01-01')",
    "DATE_TRUNC('year', day) = TIMESTAMP '2020-01-01 00:00:00'",
    "DATE_TRUNC('month', seen) = DATE '2023-01-01'", "seen > DATE_TRUNC('day', seen)",
    "DATE_TRUNC('day', CAST(day AS TIMESTAMP)) = CAST(day AS TIMESTAMP)",
    "CAST('2023-01-01 00:00:00' AS TIMESTAMP) IN (DATE '2023-01-01')",
    "CAST(day AS TIMESTAMP) = '2023-01-01'", "seen BETWEEN DATE '2020-01-31' AND '2023-12-31'",
    "CASE CAST(day AS TIMESTAMP) WHEN DATE '2023-01-01' THEN 1 ELSE 0 END = 1",
    "CAST(day AS TIMESTAMP) = (SELECT DATE '2023-01-01')",
    "CAST(day AS TIMESTAMP) IS NOT DISTINCT FROM DATE '2023-01-01'",
]  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_time_equals_the_beginning_of_its_date(engines, condition, source):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", source, "sqlite")


@pytest.mark.parametrize("moment", ["DATE '2023-01-01'", "TIMESTAMP '2023-01-01 00:00:00'"])
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_so_does_one_that_a_query_in_from_cut_off(engines, moment, source):
    inner = "SELECT id, DATE_TRUNC('month', seen) AS m FROM item"
    sql = f"SELECT id FROM ({inner}) AS x WHERE m = {moment}"
    assert_same(engines, sql, source, "sqlite")


def test_a_list_that_is_a_query_of_dates_is_refused():
    sql = "SELECT id FROM item WHERE seen IN (SELECT day FROM item)"
    assert refused(sql, "postgres", "sqlite") == {"dialect"}


ZONED = "'2020-01-01 12:13:14-08:00'"


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ["sqlite", "mysql"])
def test_a_type_without_a_zone_leaves_it_out(engines, source, target):
    assert_same(engines, f"SELECT CAST({ZONED} AS TIMESTAMP)", source, target)
    assert refused(f"SELECT CAST({ZONED} AS TIMESTAMPTZ)", source, target) == {"dialect"}


def test_a_zone_in_a_text_of_mysql_is_refused():
    for target in ("postgres", "duckdb"):
        assert refused(f"SELECT CAST({ZONED} AS DATETIME)", "mysql", target)
