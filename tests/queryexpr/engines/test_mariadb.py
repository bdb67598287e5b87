"""What MariaDB lacks though MySQL has it, and what only MySQL counts: the same rows elsewhere."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES

OTHERS = ["sqlite", "duckdb", "postgres"]


def codes(sql: str, source: str, target: str) -> set[str]:
    judgement = judged(sql, source, target)
    assert judgement.valid, judgement.issues
    return {issue.code for issue in judgement.issues}


@pytest.mark.parametrize(
    "value",
    [
        "LAG(n, 1, 0) OVER (ORDER BY id)",
        "LEAD(n, 2, m) OVER (ORDER BY id)",
        "LAG(n, 2, 99) OVER (PARTITION BY ok ORDER BY id DESC)",
        "LEAD(n, 1, 99) OVER (PARTITION BY ok ORDER BY id)",
        "LAG(n, 0, 99) OVER (ORDER BY id)",
    ],
)
@pytest.mark.parametrize("source", OTHERS)
def test_a_value_for_missing_rows_is_a_case(engines, value, source):
    assert_same(engines, f"SELECT id, {value} FROM item", source, "mysql")


@pytest.mark.parametrize("target", ["sqlite", "postgres", "mysql"])
def test_any_value_is_the_least(engines, target):
    assert_same(engines, "SELECT id, ANY_VALUE(s) FROM item GROUP BY id", "duckdb", target)
    sql = "SELECT ANY_VALUE(n) FILTER (WHERE id > 5) FROM item"
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, ANY_VALUE(n) FROM item GROUP BY id",
        "SELECT id, LEAD(n, 1, 0) OVER (ORDER BY id) FROM item",
        "SELECT n, GROUPING(n), COUNT(*) FROM item GROUP BY n WITH ROLLUP",
    ],
)
def test_what_mariadb_lacks_is_a_warning(sql):
    assert "versions" in codes(sql, "mysql", "mysql")
    assert "versions" not in codes(
        "SELECT LAG(n, 1) OVER (ORDER BY id) FROM item", "mysql", "mysql"
    )


def test_grouping_for_mysql_is_a_warning():
    sql = "SELECT n, GROUPING(n), COUNT(*) FROM item GROUP BY ROLLUP (n)"
    assert "versions" in codes(sql, "postgres", "mysql")
    assert "versions" not in codes(sql, "postgres", "duckdb")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT UPPER(w) || 'x', LENGTH(UPPER(w)) FROM part GROUP BY UPPER(w)",
        "SELECT n + 1, (n + 1) * 2, SUM(n + 1) FROM item GROUP BY n + 1 ORDER BY (n + 1) * 3",
        "SELECT UPPER(w) AS u, UPPER(w) || 'x' FROM part GROUP BY 1",
        "SELECT x FROM (SELECT UPPER(w) AS u, UPPER(w) || 'x' AS x FROM part GROUP BY u) AS q",
        "SELECT CASE WHEN UPPER(w) = 'X' THEN 1 END, COUNT(*) FROM part GROUP BY UPPER(w)",
    ],
)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_group_inside_of_a_value_has_one_value(engines, sql, source):
    assert_same(engines, sql, source, "mysql")


@pytest.mark.parametrize(
    "value",
    [
        "days => 3",
        "months => 1, days => 3",
        "0, 1",
        "hours => 2, mins => 5",
        "days => id",
        "0, 0, 2",
    ],
)
@pytest.mark.parametrize("target", ENGINES)
def test_make_interval_is_the_length_that_it_makes(engines, value, target):
    sql = f"SELECT id, seen - MAKE_INTERVAL({value}) FROM item"
    assert_same(engines, sql, "postgres", target)


@pytest.mark.parametrize("target", ["sqlite", "mysql"])
def test_a_length_of_time_alone_is_no_value(target):
    assert refused("SELECT MAKE_INTERVAL(0, 1)", "postgres", target) == {"dialect"}


@pytest.mark.parametrize(
    "value",
    [
        "UNIX_TIMESTAMP(seen), UNIX_TIMESTAMP(day)",
        "UNIX_TIMESTAMP(seen) / 60, UNIX_TIMESTAMP(seen) DIV 3600, UNIX_TIMESTAMP(seen) % 86400",
        "UNIX_TIMESTAMP('2020-01-01'), UNIX_TIMESTAMP('1960-01-01 10:00:00')",
        "UNIX_TIMESTAMP() > 1700000000, UNIX_TIMESTAMP() - UNIX_TIMESTAMP(NOW()) < 100",
    ],
)
@pytest.mark.parametrize("target", OTHERS)
def test_seconds_since_1970_are_null_before(engines, value, target):
    assert_same(engines, f"SELECT id, {value} FROM item", "mysql", target)


DAYS = " UNION ALL ".join(
    f"SELECT DATE_ADD('{year}-12-25', INTERVAL {day} DAY) AS d"
    for year in (2017, 2018, 2019, 2020, 2021, 2022, 2023) for day in range(0, 20, 3)
)  # fmt: skip


@pytest.mark.parametrize("mode", [0, 1, 3, 4, 5])
@pytest.mark.parametrize("target", OTHERS)
def test_a_week_is_counted_by_its_mode(engines, mode, target):
    assert_same(engines, f"SELECT d, WEEK(d, {mode}) FROM ({DAYS}) AS q", "mysql", target)
    assert_same(engines, f"SELECT id, WEEK(seen, {mode}) FROM item", "mysql", target)


@pytest.mark.parametrize("mode", [2, 6, 7])
@pytest.mark.parametrize("target", OTHERS)
def test_a_week_of_the_year_before_is_refused(mode, target):
    assert refused(f"SELECT WEEK(day, {mode}) FROM item", "mysql", target) == {"dialect"}


@pytest.mark.parametrize("mode", [1, 3])
@pytest.mark.parametrize("target", OTHERS)
def test_a_year_and_its_iso_week_are_one_number(engines, mode, target):
    assert_same(engines, f"SELECT d, YEARWEEK(d, {mode}) FROM ({DAYS}) AS q", "mysql", target)
    grouped = (
        f"SELECT YEARWEEK(day, {mode}) AS w, COUNT(*) FROM item GROUP BY YEARWEEK(day, {mode})"
    )
    assert_same(engines, grouped, "mysql", target)
    assert "function" in refused("SELECT YEARWEEK(day) FROM item", "mysql", target)


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ENGINES)
def test_the_year_of_an_iso_week_is_a_part_of_a_date(engines, source, target):
    value = "EXTRACT(ISOYEAR FROM {0}), EXTRACT(ISOYEAR FROM {0}) * 100 + EXTRACT(WEEK FROM {0})"
    for column in ("day", "seen"):
        assert_same(engines, f"SELECT id, {value.format(column)} FROM item", source, target)
