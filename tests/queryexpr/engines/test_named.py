"""Functions that only some dialects have, in the words of the others."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("unit", ["MONTH", "QUARTER", "YEAR"])
def test_whole_months_are_counted_as_mysql_does(engines, unit, target):
    pairs = ("day, seen", "seen, day", "day, '2021-03-31'", "'2020-01-31', '2020-02-29'")
    values = ", ".join(f"TIMESTAMPDIFF({unit}, {pair})" for pair in pairs)
    sql = (
        f"SELECT id, {values}, TIMESTAMPDIFF({unit}, '2020-03-31 10:00:00', '2020-02-29') FROM item"
    )
    assert_same(engines, sql, "mysql", target)


@pytest.mark.parametrize("target", ENGINES)
def test_the_weeks_of_mysql_begin_on_a_sunday(engines, target):
    days = ["2017-01-01", "2016-01-02", "2022-12-31", "2024-12-29"]
    values = ", ".join(f"WEEK(DATE '{day}')" for day in days)
    assert_same(
        engines, f"SELECT id, WEEK(day), WEEK(seen, 0), {values} FROM item", "mysql", target
    )
    if target != "mysql":
        assert refused("SELECT WEEK(day, 2) FROM item", "mysql", target) == {"dialect"}


@pytest.mark.parametrize("target", ENGINES)
def test_field_is_the_place_of_a_value_in_a_list(engines, target):
    sql = "SELECT id, FIELD(s, 'bob', 'Ada'), FIELD(n, 2, 7) FROM item"
    assert_same(engines, sql, "mysql", target)
    if target != "mysql":
        assert refused("SELECT FIELD(n, 2, '7') FROM item", "mysql", target) == {"dialect"}
        assert refused("SELECT FIELD(n, m, id) FROM item", "mysql", target) == {"dialect"}


@pytest.mark.parametrize("target", ["duckdb", "sqlite", "postgres"])
@pytest.mark.parametrize("call", ["ENDS_WITH(s, 'e')", "SUFFIX(s, '')", "ENDS_WITH('ab' || w, w)"])
def test_a_text_ends_with_another(engines, call, target):
    sql = f"SELECT id, {call} FROM item JOIN part ON pid = id"
    assert_same(engines, sql, "duckdb", target)


def test_the_end_of_a_text_is_written_elsewhere_too():
    sql = judged("SELECT id FROM item WHERE ENDS_WITH(s, 'ab')", "bigquery", "tsql").sql
    assert "RIGHT(s, 2) = 'ab'" in str(sql)


@pytest.mark.parametrize("target", ENGINES)
def test_a_total_of_nothing_is_zero(engines, target):
    sql = "SELECT ok, TOTAL(n), TOTAL(r), TOTAL(DISTINCT n) FROM item GROUP BY ok"
    assert_same(engines, sql, "sqlite", target)
    assert_same(engines, "SELECT TOTAL(n) / 2 FROM item WHERE id > 99", "sqlite", target)
    if target != "sqlite":
        filtered = "SELECT TOTAL(n) FILTER (WHERE id > 2) FROM item"
        assert refused(filtered, "sqlite", target) == {"dialect"}


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_the_value_beside_an_extreme_is_the_same(engines, target):
    sql = "SELECT k, MAX_BY(w, pid), ARG_MIN(item_id, pid) FROM part GROUP BY k"
    assert_same(engines, sql, "duckdb", target)
    # The row with the greatest m has s null in one of them: DuckDB leaves it out.
    assert_same(engines, "SELECT MIN_BY(m, r), MAX_BY(s, r * id) FROM item", "duckdb", target)

    sql = str(judged("SELECT MAX_BY(s, n) FROM item", "snowflake", "postgres").sql)
    assert "FILTER(WHERE\n    n IS NOT NULL)" in sql or "s IS NOT NULL" not in sql


@pytest.mark.parametrize("target", ENGINES)
def test_datetime_trunc_is_written_elsewhere(engines, target):
    sql = judged(
        "SELECT DATETIME_TRUNC(seen, MONTH) FROM item WHERE id = 2", "bigquery", target
    ).sql
    assert str(engines.run(target, str(sql))[0][0])[:10] == "2021-02-01"


@pytest.mark.parametrize("call", ["DATE_TRUNC(day, {})", "DATETIME_TRUNC(seen, {})"])
def test_a_week_keeps_the_day_that_it_begins_on(call):
    for unit in ("WEEK(MONDAY)", "ISOWEEK"):
        sql = f"SELECT {call.format(unit)} FROM item"
        assert "ISOWEEK" in str(judged(sql, "bigquery", "bigquery").sql)
        assert "'WEEK'" in str(judged(sql, "bigquery", "duckdb").sql)
    sql = f"SELECT {call.format('WEEK(TUESDAY)')} FROM item"
    assert refused(sql, "bigquery", "bigquery") == {"unit"}
    sunday = f"SELECT {call.format('WEEK')} FROM item"
    assert refused(sunday, "bigquery", "duckdb") == {"dialect"}


def test_the_number_of_a_week_that_begins_on_a_monday_is_refused():
    sql = "SELECT EXTRACT(WEEK(MONDAY) FROM day) FROM item"
    assert refused(sql, "bigquery", "bigquery") == {"not_supported"}
