"""Values that MySQL and SQLite take for those of another type: numbers, dates, booleans, texts."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import PAIRS

TARGETS = ["sqlite", "duckdb", "postgres"]
DATES = [
    "day > 20201231", "day = 20200131", "day BETWEEN 20200101 AND 20211231", "20200131 <= day",
    "day IN (20200131, 20210228)", "seen >= 20210228", "seen = 20210228235959",
    "DATE(seen) > 20210228",
]  # fmt: skip


def warnings(sql, source, target):
    return {i.code for i in judged(sql, source, target).issues if i.severity == "warning"}


@pytest.mark.parametrize("condition", DATES)
@pytest.mark.parametrize("target", TARGETS)
def test_a_number_is_the_date_that_it_is_compared_with(engines, condition, target):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", "mysql", target)


@pytest.mark.parametrize("condition", ["day > 2020", "day = n", "day <> 0", "seen > 1.5"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_any_other_number_is_compared_with_no_date(condition, source, target):
    if source in ("mysql", "sqlite"):
        assert refused(f"SELECT id FROM item WHERE {condition}", source, target)


@pytest.mark.parametrize("condition", ["ok = 'abc'", "ok <> ''", "ok IN ('1', 'x')", "ok > 'a'"])
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
@pytest.mark.parametrize("source", ["mysql", "sqlite"])
def test_a_boolean_is_compared_with_no_text(condition, source, target):
    assert refused(f"SELECT id FROM item WHERE {condition}", source, target) == {"dialect"}


CASTS = ["'12.5' AS {}", "'abc' AS {}", "'' AS {}", "' -7x' AS {}", "'1e2' AS {}", "'3' AS {}"]


@pytest.mark.parametrize("cast", [*CASTS, "'1.5x' AS DECIMAL(9, 3)"])
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
@pytest.mark.parametrize(("source", "type_"), [("mysql", "SIGNED"), ("sqlite", "INTEGER")])
def test_a_text_is_cast_to_the_number_that_it_begins_with(engines, cast, source, type_, target):
    assert_same(engines, f"SELECT CAST({cast.format(type_)})", source, target)


def test_a_text_that_is_rounded_to_a_number_is_refused():
    assert refused("SELECT CAST('12.5' AS INTEGER)", "duckdb", "postgres") == {"dialect"}


@pytest.mark.parametrize("value", ["CAST(n AS UNSIGNED)", "CAST(d + 10 AS UNSIGNED)"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_number_without_a_sign_is_one_with_a_warning(engines, value, target):
    sql = f"SELECT {value} FROM item WHERE n > 0"
    assert_same(engines, sql, "mysql", target)
    assert "unsigned" in warnings(sql, "mysql", target)


CHOICES = ["COALESCE(n, 'none')", "COALESCE(n, s)", "CASE WHEN id = 1 THEN n ELSE 'x' END"]


@pytest.mark.parametrize("value", CHOICES)
@pytest.mark.parametrize("target", TARGETS)
def test_a_number_or_a_text_is_a_text(engines, value, target):
    assert_same(engines, f"SELECT id, {value} FROM item", "mysql", target)


@pytest.mark.parametrize("value", [*CHOICES, "IIF(id = 1, n, 'x')"])
@pytest.mark.parametrize("target", ["duckdb", "postgres", "mysql"])
def test_a_value_of_two_types_has_a_warning(engines, value, target):
    sql = f"SELECT id, {value} FROM item"
    ours = {(row[0], None if row[1] is None else str(row[1])) for row in engines.run("sqlite", sql)}
    judgement = judged(sql, "sqlite", target)
    assert ours == {*engines.run(target, str(judgement.sql))}
    assert "mixed" in warnings(sql, "sqlite", target)


DOMAINS = ["LN(n)", "SQRT(r)", "LOG(10, n)", "ACOS(r)", "LN(n - 7)", "LN(0)", "SQRT(SUM(n))"]


@pytest.mark.parametrize("value", DOMAINS)
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
@pytest.mark.parametrize("source", ["mysql", "sqlite"])
def test_a_function_outside_of_its_domain_is_null(engines, value, source, target):
    grouped = " GROUP BY id" if "SUM" in value else ""
    assert_same(engines, f"SELECT {value} FROM item{grouped}", source, target)


@pytest.mark.parametrize("value", ["TO_DAYS(day)", "TO_DAYS('2020-01-01') - TO_DAYS(seen)"])
@pytest.mark.parametrize("target", TARGETS)
def test_to_days_counts_from_the_year_0(engines, value, target):
    assert_same(engines, f"SELECT id, {value} FROM item", "mysql", target)


@pytest.mark.parametrize("call", ["DATE('now')", "CURRENT_DATE", "DATETIME('now')"])
def test_today_of_utc_is_a_warning(call):
    sql = f"SELECT id FROM item WHERE day < {call}"
    assert "clock" in warnings(sql, "sqlite", "postgres")
    assert "clock" not in warnings(
        "SELECT id FROM item WHERE day < CURRENT_DATE", "duckdb", "mysql"
    )


@pytest.mark.parametrize("value", ["UPPER(s)", "LOWER('É')", "s ILIKE 'é'", "LOWER(s) = 'é'"])
def test_the_case_of_letters_with_accents_is_a_warning(value):
    assert "letters" in warnings(f"SELECT {value} FROM item", "postgres", "sqlite")
    assert "letters" not in warnings("SELECT LOWER(s) = 'ada' FROM item", "postgres", "sqlite")


@pytest.mark.parametrize("form", ["000MI", "S000", "FM000", "00PR", "MI9", "SG00"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb", "mysql"])
def test_the_format_of_a_number_is_refused(form, target):
    assert refused(f"SELECT TO_CHAR(n, '{form}') FROM item", "postgres", target) == {"dialect"}
