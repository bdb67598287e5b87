"""Queries of databases that do not run here, whose rows are known, in the four that do."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import judged
from tests.queryexpr.engines.rows import equal, plain
from tests.queryexpr.engines.servers import ENGINES

engine = pytest.mark.parametrize("target", ENGINES)
ORACLE = """CREATE TABLE item (id NUMBER(10) PRIMARY KEY, n NUMBER(10), m NUMBER(10, 0),
  r BINARY_DOUBLE, d NUMBER(10, 3), s VARCHAR2(20), day DATE, seen TIMESTAMP, ok NUMBER(1));"""


def rows(engines, sql, source, target, catalogue=None):
    """The rows of a query of `source` in the database of `target`."""
    judgement = judged(sql, source, target, catalogue)
    assert judgement.valid, [issue.message for issue in judgement.issues]
    return engines.run(target, str(judgement.sql))


def assert_rows(engines, sql, source, target, expected, catalogue=None):
    found = plain(rows(engines, sql, source, target, catalogue), ordered=True)
    assert equal(found, plain(expected, ordered=True), 1e-4), judged(sql, source, target).sql


@engine
@pytest.mark.parametrize("source", ["bigquery", "snowflake"])
def test_length_counts_letters(engines, source, target):
    assert_rows(engines, "SELECT LENGTH('né'), LENGTH('')", source, target, [(2, 0)])


@engine
@pytest.mark.parametrize("source", ["bigquery", "snowflake", "oracle"])
def test_a_cast_of_a_half_goes_away_from_zero(engines, source, target):
    sql = "SELECT CAST(r AS INT) FROM item WHERE id IN (1, 2, 3, 6) ORDER BY id"
    assert_rows(engines, sql, source, target, [(3,), (-3,), (1,), (-1,)])


@engine
def test_a_float_of_sql_server_has_8_bytes(engines, target):
    sql = "SELECT CAST(n AS FLOAT) / 3 - 2.3333333333 FROM item WHERE id = 1"
    [(rest,)] = rows(engines, sql, "tsql", target)
    assert abs(float(rest)) < 1e-9


@engine
@pytest.mark.parametrize(
    ("value", "expected"),
    [("n / m", 3.5), ("(n + 2) / 2", 4.5), ("SUM(n) / 2", 3.5), ("MAX(m) / 4", 0.5)],
)
def test_a_whole_number_of_oracle_keeps_its_fraction(engines, value, expected, target):
    sql = f"SELECT {value} FROM item WHERE id = 1 GROUP BY n, m"
    assert_rows(engines, sql, "oracle", target, [(expected,)], ORACLE)


@engine
@pytest.mark.parametrize("source", ["bigquery", "snowflake", "oracle"])
def test_letter_0_is_the_first(engines, source, target):
    sql = "SELECT SUBSTR(s, 0, 2) FROM item WHERE id = 1"
    assert_rows(engines, sql, source, target, [("Ad",)])


@engine
@pytest.mark.parametrize(
    "date",
    ["DATEADD(month, DATEDIFF(month, 0, seen), 0)",
     "DATEADD(year, DATEDIFF(year, 0, seen), 0)",
     "DATEADD(day, DATEDIFF(day, 0, seen), 0)",
     "DATEADD(day, 0, DATEDIFF(day, 0, seen))"],
)  # fmt: skip
def test_a_number_is_a_date_of_sql_server(engines, date, target):
    day = {"mon": "2023-12-01", "yea": "2023-01-01", "day": "2023-12-31"}[date[8:11]]
    sql = f"SELECT {date} FROM item WHERE id = 6"
    assert_rows(engines, sql, "tsql", target, [(day,)])


@pytest.mark.parametrize(
    "date",
    ["DATEADD(week, DATEDIFF(week, 0, day), 0)", "DATEADD(day, 3, 2)",
     "DATEADD(day, 3, DATEDIFF(month, 0, day))"],
)  # fmt: skip
def test_other_numbers_that_are_dates_are_refused(date):
    for target in ("sqlite", "postgres", "mysql", "duckdb"):
        assert not judged(f"SELECT {date} FROM item", "tsql", target).valid


@engine
def test_a_date_is_a_part_of_a_time_in_bigquery(engines, target):
    sql = "SELECT EXTRACT(DATE FROM seen) FROM item WHERE id = 6"
    assert_rows(engines, sql, "bigquery", target, [("2023-12-31",)])


@pytest.mark.parametrize("target", ["postgres", "duckdb"])
@pytest.mark.parametrize("source", ["snowflake", "oracle"])
def test_a_median_of_decimals_keeps_its_places(engines, source, target):
    sql = "SELECT MEDIAN(d) FROM item WHERE id IN (1, 3, 4, 2)"
    assert_rows(engines, sql, source, target, [(0.8125,)])


@engine
def test_a_text_begins_with_another(engines, target):
    sql = "SELECT COUNT(*) FROM item WHERE STARTS_WITH(s, 'e')"
    expected = [(2,)] if target == "mysql" else [(1,)]  # its texts are equal without case
    assert_rows(engines, sql, "bigquery", target, expected)
