"""Literals that cannot be what they are used as: days, booleans, numbers, places of windows."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import ENGINES, PAIRS

DAYS = ("postgres", "duckdb")
pairs = pytest.mark.parametrize(("source", "target"), PAIRS)
strict = pytest.mark.parametrize("dialect", DAYS)


@strict
@pytest.mark.parametrize(
    "condition",
    [
        "day > '2024-13-40'",
        "day IN ('2024-02-30', '2024-01-01')",
        "seen BETWEEN '2024-01-01 25:00:00' AND '2024-03-01'",
        "day = DATE '2023-02-29'",
        "ok = 'maybe'",
        "ok IN ('maybe', 'true')",
        "CAST('maybe' AS BOOLEAN)",
        "COALESCE(ok, 'x')",
        "n = CAST('abc' AS INTEGER)",
        "r = CAST('x' AS DOUBLE PRECISION)",
        "CAST('25:00' AS TIME) IS NULL",
    ],
)
def test_an_impossible_literal_is_refused(engines, condition, dialect):
    sql = f"SELECT id FROM item WHERE {condition}"
    assert refused(sql, dialect, dialect) & {"odd_text", "odd_date", "type_mismatch"}
    with pytest.raises(Exception, match=r"(?i)range|invalid|convert"):
        engines.run(dialect, sql)


@strict
@pytest.mark.parametrize(
    "value",
    [
        "CAST('2024-02-29' AS DATE)", "CAST('true' AS BOOLEAN)", "CAST(' 12 ' AS INTEGER)",
        "CAST('1.5e3' AS DOUBLE PRECISION)", "CAST('NaN' AS DOUBLE PRECISION)",
        "CAST('1 day 25:00' AS INTERVAL)",
    ],
)  # fmt: skip
def test_a_possible_one_is_taken(engines, value, dialect):
    assert_same(engines, f"SELECT {value}", dialect, dialect)


@pytest.mark.parametrize("source", ["sqlite", "mysql"])
@pytest.mark.parametrize("target", DAYS)
def test_what_is_null_or_a_text_elsewhere_is_not_translated(source, target):
    assert refused("SELECT id FROM item WHERE day > '2024-13-40'", source, target)
    assert refused("SELECT DATE('2024-13-40')", source, target)


@pairs
def test_a_whole_number_is_not_compared_with_a_fraction_in_a_text(source, target):
    codes = refused("SELECT id FROM item WHERE n = '1.5'", source, target)
    assert bool(codes) == bool({source, target} & {*DAYS})


@pytest.mark.parametrize("target", ENGINES)
def test_a_beginning_of_a_word_is_a_boolean_of_postgres(engines, target):
    sql = "SELECT id FROM item WHERE ok = 'tr' OR ok = 'of'"
    assert_same(engines, sql, "postgres", target)


@pytest.mark.parametrize("target", ["sqlite", "mysql"])
def test_not_a_number_is_not_translated(target):
    assert refused("SELECT CAST('NaN' AS DOUBLE PRECISION)", "postgres", target) == {"dialect"}


@pytest.mark.parametrize("call", ["NTILE(0)", "NTILE(-1)", "NTILE(NULL)", "NTH_VALUE(id, 0)"])
@pytest.mark.parametrize("dialect", ENGINES)
def test_windows_count_from_1(call, dialect):
    assert refused(f"SELECT {call} OVER (ORDER BY id) FROM item", dialect, dialect) == {"window"}


@pairs
def test_windows_that_do_are_the_same(engines, source, target):
    calls = "NTILE(2) OVER (ORDER BY id), NTH_VALUE(id, 2) OVER (ORDER BY id)"
    assert_same(engines, f"SELECT {calls} FROM item", source, target)


@pytest.mark.parametrize(
    "value",
    ["SUM(r) / COUNT(*)", "CORR(r, n)", "AVG(r)", "GREATEST(MAX(r), 0)", "100.0 * SUM(r) / 7"],
)
def test_a_double_has_no_places_in_postgres(engines, value):
    sql = f"SELECT ROUND({value}, 2) FROM item"
    with pytest.raises(Exception, match="does not exist"):
        engines.run("postgres", sql)
    assert refused(sql, "postgres", "postgres") == {"type_mismatch"}


def test_a_double_of_a_query_in_from_has_none():
    sql = "SELECT ROUND(x.a / x.b, 1) FROM (SELECT SUM(r) AS a, COUNT(*) AS b FROM item) AS x"
    assert refused(sql, "postgres", "postgres") == {"type_mismatch"}


@pytest.mark.parametrize("source", ["sqlite", "mysql", "duckdb"])
def test_a_double_is_rounded_as_a_decimal_in_postgres(engines, source):
    sql = "SELECT ROUND(SUM(r) / COUNT(*), 2) FROM item"
    assert_same(engines, sql, source, "postgres")


@pytest.mark.parametrize("value", ["COALESCE(n, '15')", "CASE WHEN n > 2 THEN n ELSE '15' END"])
@pytest.mark.parametrize("target", ENGINES)
def test_a_text_beside_whole_numbers_is_one_of_them(engines, value, target):
    for source in ("postgres", "duckdb"):
        assert_same(engines, f"SELECT id, {value} FROM item", source, target)
        odd = f"SELECT {value.replace('15', '1.5')} FROM item"
        assert refused(odd, source, target) == {"type_mismatch"}
