"""Parts of dates by functions of their names, and numbers of days of the week and of weeks."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import ENGINES, PAIRS

engine = pytest.mark.parametrize("target", ENGINES)
NAMES = "YEAR MONTH DAY DAYOFMONTH DAYOFYEAR QUARTER HOUR MINUTE SECOND".split()
COUNTS = [
    ("mysql", "DAYOFWEEK(seen), WEEKDAY(seen), WEEK(day, 3), WEEKOFYEAR(day)"),
    ("duckdb", "DAYOFWEEK(seen), WEEKDAY(day), ISODOW(day), WEEK(day), WEEKOFYEAR(seen)"),
    ("duckdb", "EXTRACT(ISODOW FROM seen), EXTRACT(DAYOFWEEK FROM day)"),
    ("postgres", "EXTRACT(ISODOW FROM day), EXTRACT(DOW FROM day), EXTRACT(DOY FROM seen)"),
]


@engine
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", ["mysql", "duckdb"])
def test_a_part_has_a_function_of_its_name(engines, name, source, target):
    assert_same(engines, f"SELECT id, {name}(seen), {name}(seen) + 1 FROM item", source, target)


@engine
@pytest.mark.parametrize(("source", "values"), COUNTS)
def test_days_and_weeks_are_counted_as_in_their_dialect(engines, source, values, target):
    assert_same(engines, f"SELECT id, {values} FROM item", source, target)


@engine
def test_parts_are_compared_and_divided(engines, target):
    sql = "SELECT DAYOFWEEK(day) / 2, YEAR(day) / 10, HOUR(seen) DIV 5 FROM item"
    assert_same(engines, sql, "mysql", target)
    sql = "SELECT id FROM item WHERE YEAR(day) = 2021 OR WEEKDAY(day) IN (5, 6)"
    assert_same(engines, sql, "mysql", target)
    sql = "SELECT YEAR(day) AS y, COUNT(*) FROM item GROUP BY YEAR(day) HAVING y > 2019"
    assert_same(engines, sql, "mysql", target)


@pytest.mark.parametrize("target", ["sqlite", "postgres", "duckdb"])
def test_other_weeks_are_refused(target):
    for week in ("WEEK(day, 2)", "WEEK(day, 6)"):
        assert refused(f"SELECT {week} FROM item", "mysql", target) == {"dialect"}


@pytest.mark.parametrize("unit", ["quarter", "hour", "minute", "month"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_times_are_cut(engines, unit, source, target):
    if source in ("postgres", "duckdb") and (unit, target) != ("minute", "mysql"):
        assert_same(engines, f"SELECT id, DATE_TRUNC('{unit}', seen) FROM item", source, target)


@pytest.mark.parametrize("target", ["postgres", "mysql", "duckdb"])
@pytest.mark.parametrize(
    "value",
    ["JULIANDAY('2024-03-01') - JULIANDAY(day)", "JULIANDAY(seen)",
     "CAST(JULIANDAY(seen) - JULIANDAY(day) AS INTEGER)",
     "ROUND((JULIANDAY(seen) - JULIANDAY('2023-01-01')) * 24, 1)", "UNIXEPOCH(seen)",
     "DATE(seen, 'start of month')", "DATE(day, 'start of year')", "DATE(day, '-7 days')",
     "DATE(day, 'start of month', '+1 month', '-1 day')", "DATE(seen, '+1 day')"],
)  # fmt: skip
def test_days_of_sqlite_are_counted_elsewhere(engines, value, target):
    assert_same(engines, f"SELECT id, {value} FROM item", "sqlite", target)


@pytest.mark.parametrize("target", ["postgres", "mysql", "duckdb"])
@pytest.mark.parametrize("modifiers", ["'+1 month'", "'start of month', '-1 day', '+1 year'", "s"])
def test_months_are_added_to_the_first_of_one_only(modifiers, target):
    assert refused(f"SELECT DATE(day, {modifiers}) FROM item", "sqlite", target) == {"dialect"}


@pytest.mark.parametrize("target", ["mysql", "sqlite"])
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_seconds_since_1970_are_counted(engines, source, target):
    values = "EXTRACT(EPOCH FROM seen), EXTRACT(EPOCH FROM seen) / 60"
    assert_same(engines, f"SELECT id, {values} FROM item", source, target)


@engine
@pytest.mark.parametrize("source", ["mysql", "duckdb"])
def test_the_last_day_of_a_month(engines, source, target):
    assert_same(engines, "SELECT id, LAST_DAY(day) FROM item", source, target)


@engine
def test_a_text_has_another(engines, target):
    sql = "SELECT id FROM item WHERE STARTS_WITH(s, 'A') OR CONTAINS(s, 'VE')"
    if target != "mysql":
        assert_same(engines, sql, "duckdb", target)


@engine
@pytest.mark.parametrize("unit", ["WEEK", "DAY", "HOUR", "MINUTE", "SECOND"])
def test_whole_units_between_times(engines, unit, target):
    between = f"TIMESTAMPDIFF({unit}, day, seen)"
    sql = f"SELECT id, {between}, {between} / 7, TIMESTAMPDIFF({unit}, seen, '2023-06-01 10:00:00')"
    assert_same(engines, f"{sql} FROM item", "mysql", target)
    sql = f"SELECT id, DATE_SUB('{unit}', day, seen) FROM item"
    assert_same(engines, sql, "duckdb", target)
