"""Texts that are read as dates by a format, sums of dates without a unit, and epochs."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES, PAIRS
from tests.queryexpr.engines.test_odd_texts import DAYS

pairs = pytest.mark.parametrize(("source", "target"), PAIRS)
days = pytest.mark.parametrize(
    ("source", "target"), [pair for pair in PAIRS if pair[0] in DAYS and pair[1] not in DAYS]
)


@pytest.mark.parametrize(
    "call",
    [
        "TO_DATE('2024-01-02', 'YY-MM-DD')",
        "TO_TIMESTAMP('2024-01-02', 'YY-MM-DD')",
        "TO_DATE('69-01-02', 'YY-MM-DD')",
        "TO_DATE('24-01-02', 'YYYY-MM-DD')",
        "TO_DATE('2024/01/02', 'YYYY-MM-DD')",
        "TO_DATE('2024-01-02 10:00', 'YYYY-MM-DD')",
        "TO_DATE(s, 'YY-MM-DD')",
    ],
)
@pytest.mark.parametrize("target", ["duckdb", "mysql"])
def test_a_text_that_has_not_its_format_is_not_translated(call, target):
    assert refused(f"SELECT {call} FROM item", "postgres", target) == {"dialect"}


@pytest.mark.parametrize("text", ["2024-01-02", "69-01-02"])
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_a_year_of_four_digits_is_null_in_mysql(text, target):
    sql = f"SELECT STR_TO_DATE('{text}', '%y-%m-%d')"
    assert refused(sql, "mysql", target) == {"dialect"}


@pytest.mark.parametrize(
    "call",
    [
        "TO_DATE('24-01-02', 'YY-MM-DD')",
        "TO_DATE('2024-1-2', 'YYYY-MM-DD')",
        "TO_DATE('20240102', 'YYYYMMDD')",
        "TO_DATE('05 Dec 2000', 'DD Mon YYYY')",
        "TO_TIMESTAMP('2024-01-02 10:11:12', 'YYYY-MM-DD HH24:MI:SS')",
    ],
)
@pytest.mark.parametrize("target", ["duckdb", "mysql"])
def test_a_text_that_has_its_format_is(engines, call, target):
    assert_same(engines, f"SELECT {call}", "postgres", target)


@days
@pytest.mark.parametrize("value", ["1 + day", "m + day", "day + m", "day - 7"])
def test_days_are_added_from_either_side(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


@pytest.mark.parametrize(
    "value", ["1 + day", "day + 1", "day + '1'", "day + day", "day + CAST('11:00' AS TIME)"]
)
@pytest.mark.parametrize("target", ["sqlite", "postgres", "duckdb"])
def test_digits_of_a_date_are_not_translated(value, target):
    assert refused(f"SELECT {value} FROM item", "mysql", target)


@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_a_time_of_a_column_is_not_added_to_a_date_of_mysql(target):
    ddl = "CREATE TABLE shift (day DATE, begins TIME)"
    judgement = judged("SELECT day + begins FROM shift", "mysql", target, ddl)
    assert [issue.code for issue in judgement.issues if issue.severity == "error"] == ["dialect"]


@pairs
@pytest.mark.parametrize(
    "call", ["DAYNAME('2024-01-02')", "LAST_DAY('2024-1-2')", "QUARTER('2024-05-02')"]
)
def test_a_text_is_read_as_a_date(engines, call, source, target):
    if source == "mysql" and not (call.startswith("DAYNAME") and target == "sqlite"):
        assert_same(engines, f"SELECT {call}", source, target)


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize(
    ("time", "expected"),
    [("2024-01-01 00:00:00", 1704067200), ("2024-01-01 00:00:00.7", 1704067200)],
)
def test_unix_seconds_are_whole(engines, time, expected, target):
    judgement = judged(f"SELECT UNIX_SECONDS(TIMESTAMP '{time}')", "bigquery", target)
    assert judgement.valid, judgement.issues
    assert engines.run(target, str(judgement.sql))[0][0] == expected


@pytest.mark.parametrize(
    ("source", "call", "target"),
    [
        ("mysql", "FROM_UNIXTIME(n)", "postgres"),
        ("mysql", "FROM_UNIXTIME(n)", "duckdb"),
        ("postgres", "TO_TIMESTAMP(n)", "mysql"),
        ("postgres", "TO_TIMESTAMP(n)", "duckdb"),
    ],
)
def test_a_time_before_1970_is_the_same(engines, source, call, target):
    assert_same(engines, f"SELECT id, {call} FROM item", source, target)


@pytest.mark.parametrize(
    "value",
    [
        "CAST(INTERVAL '1 day' AS TEXT)",
        "COALESCE(INTERVAL '1 day', INTERVAL '2 day')",
        "EXTRACT(EPOCH FROM INTERVAL '1 day')",
    ],
)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_length_of_time_is_no_value_in_mysql(value, source):
    assert refused(f"SELECT {value}", source, "mysql") == {"dialect"}


@pytest.mark.parametrize("text", ["31.02.2020", "1.13.2020", "30.2.2021"])
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_an_impossible_date_of_a_format_is_not_translated(engines, text, target):
    sql = "SELECT STR_TO_DATE('{}', '%d.%m.%Y')"
    assert refused(sql.format(text), "mysql", target) == {"dialect"}
    assert_same(engines, sql.format("1.2.2020"), "mysql", target)
    assert_same(engines, sql.format("29.02.2020"), "mysql", target)


@pytest.mark.parametrize("source", ["mysql", "sqlite"])
@pytest.mark.parametrize(
    "value", ["SUM({0})", "AVG({0})", "ABS({0})", "{0} * 2", "-{0}", "ROUND({0})"]
)
def test_a_date_is_no_number_elsewhere(source, value):
    for column, table in (("day", "item"), ("q.x", "(SELECT day AS x FROM item) AS q")):
        sql = f"SELECT {value.format(column)} FROM {table}"
        for target in ENGINES:
            assert source == target or "dialect" in refused(sql, source, target)


@pytest.mark.parametrize(("source", "target"), [("postgres", "duckdb"), ("duckdb", "postgres")])
def test_days_between_dates_are_numbers(engines, source, target):
    sql = "SELECT SUM(-(day - DATE '2020-01-01')), ABS(MAX(day) - MIN(day)) FROM item"
    assert_same(engines, sql, source, target)


@pytest.mark.parametrize("source", ENGINES)
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_an_empty_text_is_no_date(source, target):
    assert refused("SELECT id FROM item WHERE day = ''", source, target)
