"""Texts that are dates: without zeros, with hours beside a date, with T between both."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import PAIRS

pairs = pytest.mark.parametrize(
    ("source", "target"), [pair for pair in PAIRS if pair[0] != "sqlite"]
)
DATES = [
    "day >= DATE '2020-1-31'", "day IN (DATE '2024-2-29', DATE '2020-1-31')",
    "day = CAST('2020-1-31' AS DATE)", "day = DATE '2020/1/31'",
    "seen = TIMESTAMP '2020-1-31 10:20:30'", "seen > TIMESTAMP '2020-01-31 9:00'",
    "seen >= CAST('2020-01-31T10:20:30Z' AS DATETIME)", "CAST('9:30' AS TIME) = TIME '09:30:00'",
]  # fmt: skip
HOURS = [
    "day >= '2020-01-31 00:00:00' AND day < '2021-02-28 00:00:00'", "day = '2020-01-31T00:00:00'",
    "day BETWEEN '2020-01-31 00:00:00' AND '2021-02-28 23:59:59'", "day <= '2020-01-31 00:00'",
    "day IN ('2020-01-31 00:00:00', '2021-02-28T00:00:00')", "day = '2020-01-31 10:00:00'",
    "day < '2020-01-31 10:00:00'", "day >= '2020-01-31 10:00:00'", "day <> '2020-01-31 10:00:00'",
    "NOT day IN ('2020-01-31 10:00:00')", "seen >= '2020-01-31T10:20:30'",
    "seen = '2020-01-31T10:20:30Z'", "seen < '2023-01-01 06:30'", "seen = '2023-01-01 06:30'",
    "seen BETWEEN '2020-01-31T10:20:30' AND '2023-01-01T6:30:00'",
]  # fmt: skip


@pairs
def test_a_date_needs_no_zeros(engines, source, target):
    for test in DATES:
        test = test if source == "mysql" else test.replace("DATETIME", "TIMESTAMP")
        assert_same(engines, f"SELECT id FROM item WHERE {test}", source, target)


@pairs
def test_a_text_with_hours_is_compared_as_in_its_dialect(engines, source, target):
    for test in HOURS:
        assert_same(engines, f"SELECT id FROM item WHERE {test}", source, target)


@pytest.mark.parametrize("target", ["sqlite", "duckdb", "mysql"])
def test_eight_digits_are_a_date_in_postgres(engines, target):
    sql = "SELECT id FROM item WHERE day > DATE '20200131' OR day = '2020-01-31 10:00'::date"
    assert_same(engines, sql, "postgres", target)


def test_mysql_reads_a_text_in_a_call_as_a_date(engines):
    values = "DATE_ADD('2024-1-31', INTERVAL 1 MONTH), DATE('2024-1-5'), DATEDIFF('2024-2-1', day)"
    assert_same(engines, f"SELECT id, {values} FROM item", "mysql", "sqlite")


@pytest.mark.parametrize("text", ["Jan 8, 1999", "1/8/1999", "01/02/03", "8.1.1999", "990108"])
@pytest.mark.parametrize("target", ["sqlite", "mysql", "duckdb", "oracle", "tsql"])
def test_a_date_whose_order_is_not_clear_is_not_translated(text, target):
    for sql in (f"SELECT DATE '{text}'", f"SELECT '{text}'::timestamp"):
        assert refused(sql, "postgres", target) == {"odd_date"}
    assert not refused(f"SELECT DATE '{text}'", "postgres", "postgres")


def test_hours_beside_a_date_are_letters_in_sqlite():
    sql = "SELECT id FROM item WHERE day >= '2020-01-31 00:00:00'"
    assert refused(sql, "sqlite", "postgres") == {"odd_date"}
    assert refused("SELECT STRFTIME('%Y', DATE('2020-1-5'))", "sqlite", "postgres") == {"odd_date"}


@pytest.mark.parametrize("target", ["bigquery", "oracle", "snowflake", "tsql"])
def test_hours_beside_a_date_are_cut_off_elsewhere(target):
    sql = judged("SELECT id FROM item WHERE day = '2020-01-31 10:00'", "postgres", target).sql
    assert "'2020-01-31'" in str(sql)
