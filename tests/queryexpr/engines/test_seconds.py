"""Fractions of a second, and times of a day."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES, PAIRS

pairs = pytest.mark.parametrize(
    ("source", "target"), [pair for pair in PAIRS if pair[0] != "sqlite"]
)
LATE = "TIMESTAMP '2020-01-31 10:20:30.999'"
TESTS = [
    f"seen < {LATE}", f"seen BETWEEN DATE '2020-01-31' AND {LATE}", f"seen IN ({LATE})",
    "TIME '10:20:30.5' > TIME '10:20:30'", f"{LATE} > TIMESTAMP '2020-01-31 10:20:30.5'",
]  # fmt: skip


@pairs
def test_a_time_keeps_the_fraction_of_its_second(engines, source, target):
    for test in TESTS:
        assert_same(engines, f"SELECT id FROM item WHERE {test}", source, target)


@pytest.mark.parametrize("source", ["postgres", "duckdb", "mysql"])
def test_a_literal_keeps_its_fraction_in_its_own_dialect(engines, source):
    sql = f"SELECT id FROM item WHERE {LATE} > TIMESTAMP '2020-01-31 10:20:30'"
    assert_same(engines, sql, source, source)
    assert_same(engines, sql.replace("TIMESTAMP '2020-01-31 ", "TIME '"), source, source)


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ENGINES)
def test_a_cast_keeps_the_fraction(engines, source, target):
    inner = f"SELECT {LATE} AS x, '10:20:30.5' AS y"
    tests = "x::timestamp > '2020-01-31 10:20:30', x::time > TIME '10:20:30'"
    sql = f"SELECT {tests}, CAST(x AS TIME) < TIME '10:20:31' FROM ({inner}) AS q"
    assert_same(engines, sql, source, target)


@pairs
def test_seconds_have_a_fraction_as_in_their_dialect(engines, source, target):
    values = f"EXTRACT(SECOND FROM {LATE}), EXTRACT(SECOND FROM seen)"
    assert_same(
        engines, f"SELECT id, {values}, EXTRACT(SECOND FROM seen) / 2 FROM item", source, target
    )


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_seconds_since_1970_have_a_fraction_in_sqlite(engines, source):
    sql = f"SELECT EXTRACT(EPOCH FROM seen), EXTRACT(EPOCH FROM {LATE}) FROM item"
    assert_same(engines, sql, source, "sqlite")


@pytest.mark.parametrize(
    ("target", "expected"),
    [("bigquery", "EXTRACT(MICROSECOND FROM seen) / 1000000"), ("tsql", "DATEPART(NANOSECOND"),
     ("snowflake", "DATE_PART(NANOSECOND, seen)"), ("oracle", "EXTRACT(SECOND FROM seen)")],
)  # fmt: skip
def test_seconds_have_their_fraction_elsewhere(target, expected):
    sql = judged("SELECT EXTRACT(SECOND FROM seen) AS x FROM item", "postgres", target).sql
    assert expected in " ".join(str(sql).split()).replace("item.", "").replace("( ", "(")


LACKING = [
    "seen::timestamptz", "TIME '10:00' + INTERVAL '1 hour'", "EXTRACT(EPOCH FROM TIME '01:00')",
    "day + TIME '10:00'", "TIME '10:00' - INTERVAL '1 hour'", "'10:00'::timetz", "seen::timestamp(0)",
]  # fmt: skip


@pytest.mark.parametrize("value", LACKING)
def test_sqlite_has_no_zones_and_adds_nothing_to_a_time(value):
    assert refused(f"SELECT {value} FROM item", "postgres", "sqlite") == {"dialect"}


def test_a_time_of_mysql_may_pass_24_hours(engines):
    sql = "SELECT TIME '23:00' + INTERVAL '2 hours'"
    assert refused(sql, "postgres", "mysql") == {"dialect"}
    assert_same(engines, sql, "postgres", "duckdb")
    added = "SELECT CAST('23:00:00' AS TIME) + INTERVAL 2 HOUR"
    assert refused(added, "mysql", "postgres") == {"dialect"}
