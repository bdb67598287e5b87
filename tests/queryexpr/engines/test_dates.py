"""Dates and times: months, weeks, days between them. What is counted otherwise is refused."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.rows import plain
from tests.queryexpr.engines.servers import ENGINES, PAIRS
from tests.queryexpr.engines.tables import catalogue

STRICT = [pair for pair in PAIRS if pair[0] in ("postgres", "duckdb")]


@pytest.mark.parametrize("length", ["1 month", "-1 month", "1 year", "7 day", "26 hour"])
@pytest.mark.parametrize(
    "value", ["seen", "TIMESTAMP '2024-03-31 10:00:00'", "COALESCE(seen, seen)"]
)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_time_keeps_its_hours(engines, value, length, source, target):
    if source == "sqlite":  # it has no intervals
        return
    amount, unit = length.split()
    sign = "-" if amount.startswith("-") else "+"
    interval = f"INTERVAL '{amount.strip('-')}' {unit}"
    assert_same(engines, f"SELECT id, {value} {sign} {interval} FROM item", source, target)


@pytest.mark.parametrize("dialect", ENGINES)
@pytest.mark.parametrize("column", ["day", "seen"])
def test_a_query_expression_adds_a_month_the_same_everywhere(engines, column, dialect):
    month = {"fn": "date_add", "unit": "month", "args": [{"column": column}, 1]}
    query = {"query": {"from": {"table": "item"}, "select": [{"expr": month}]}}
    sql = judge(query, DIALECTS[dialect], catalogue(dialect)).sql
    ours = plain(engines.run("postgres", f"SELECT {column} + INTERVAL '1 month' FROM item"))
    assert plain(engines.run(dialect, str(sql))) == ours


@pytest.mark.parametrize("dialect", ENGINES)
def test_a_week_of_a_query_expression_is_the_one_of_iso_everywhere(engines, dialect):
    week = {"fn": "extract", "unit": "week", "args": [{"column": "day"}]}
    query = {"query": {"from": {"table": "item"}, "select": [{"expr": week}]}}
    sql = judge(query, DIALECTS[dialect], catalogue(dialect)).sql
    ours = plain(engines.run("postgres", "SELECT EXTRACT(WEEK FROM day) FROM item"))
    assert plain(engines.run(dialect, str(sql))) == ours


@pytest.mark.parametrize("dialect", ["mysql", "bigquery", "postgres", "duckdb"])
def test_a_week_stays_what_it_is_in_its_own_dialect(dialect):
    sql = "SELECT EXTRACT(WEEK FROM day) FROM item"
    assert "EXTRACT(WEEK FROM day)" in str(judge(sql, DIALECTS[dialect], catalogue(dialect)).sql)


@pytest.mark.parametrize("unit", ["year", "quarter", "month", "week", "day", "hour"])
@pytest.mark.parametrize(("source", "target"), STRICT)
def test_dates_are_cut_off_the_same(engines, unit, source, target):
    assert_same(engines, f"SELECT id, DATE_TRUNC('{unit}', seen) FROM item", source, target)


@pytest.mark.parametrize("value", ["day - '2024-01-31'", "'2024-01-31' - day", "day - day"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_text_minus_a_date_is_days_or_refused(engines, value, source, target):
    sql = f"SELECT id, {value} FROM item"
    if source == "duckdb" and value.startswith("day - '"):
        return  # it takes no such text for a date
    if source in ("postgres", "duckdb"):
        assert_same(engines, sql, source, target)
    else:
        assert refused(sql, source, target) == {"dialect"}


@pytest.mark.parametrize(("source", "target"), [("sqlite", "mysql"), ("mysql", "duckdb")])
def test_a_week_in_a_format_is_refused_where_it_is_another(source, target):
    calls = {"sqlite": "STRFTIME('%W', day)", "mysql": "DATE_FORMAT(day, '%u')"}
    assert refused(f"SELECT {calls[source]} FROM item", source, target) == {"dialect"}


WHOLE = {
    "mysql": "TIMESTAMPDIFF({unit}, {early}, {late})",
    "duckdb": "DATE_SUB('{unit}', {early}, {late})",
}


@pytest.mark.parametrize("unit", ["week", "day", "hour", "minute", "second"])
@pytest.mark.parametrize("late", ["TIMESTAMP '2024-01-31 00:00:00'", "day"])
@pytest.mark.parametrize(("source", "target"), [("mysql", "duckdb"), ("duckdb", "mysql")])
def test_whole_units_between_times_are_the_same(engines, unit, late, source, target):
    value = WHOLE[source].format(unit=unit, early="seen", late=late)
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


@pytest.mark.parametrize("unit", ["month", "quarter", "year"])
@pytest.mark.parametrize("source", WHOLE)
@pytest.mark.parametrize("target", DIALECTS)
def test_whole_months_are_refused_elsewhere(unit, source, target):
    taken = source == "mysql" and target in ENGINES  # as it counts them is written out
    if source == target or taken:
        return
    value = WHOLE[source].format(unit=unit, early="day", late="seen")
    assert refused(f"SELECT id, {value} FROM item", source, target) == {"dialect"}


@pytest.mark.parametrize("target", ["mysql", "postgres", "sqlite"])
def test_an_interval_is_added_by_date_add(engines, target):
    assert_same(engines, "SELECT id, DATE_ADD(day, INTERVAL 1 MONTH) FROM item", "duckdb", target)


@pytest.mark.parametrize("number", ["1", "-40", "id"])
def test_date_add_counts_days(engines, number):
    assert_same(engines, f"SELECT DATE_ADD(day, {number}) FROM item", "duckdb", "postgres")
