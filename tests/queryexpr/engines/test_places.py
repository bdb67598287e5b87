"""Numbers with a fraction where a whole one makes sense, letters without a text, parts of zones."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import ENGINES

LOOSE = [(source, target) for source in ("mysql", "sqlite") for target in ENGINES]
CALLS = {
    "mysql": "ROUND(d, {0}), LEFT(s, {0}), RIGHT(s, {0}), SUBSTRING(s, {0}), SUBSTRING(s, 1, {0})",
    "sqlite": "ROUND(d, {0}), SUBSTR(s, {0}), SUBSTR(s, 1, {0})",
}


@pytest.mark.parametrize("number", ["1.2", "1.8", "1.5", "2.0"])
@pytest.mark.parametrize(("source", "target"), LOOSE)
def test_a_number_of_places_is_rounded_or_cut(engines, number, source, target):
    sql = f"SELECT id, {CALLS[source].format(number)} FROM item"
    assert_same(engines, sql, source, target)


@pytest.mark.parametrize("target", ["sqlite", "mysql", "postgres"])
def test_a_fraction_is_no_number_of_places_elsewhere(target):
    assert refused("SELECT ROUND(d, 1.8) FROM item", "duckdb", target) == {"dialect"}


@pytest.mark.parametrize(
    ("source", "call"), [("mysql", "CHAR(0)"), ("sqlite", "CHAR(0)"), ("duckdb", "CHR(0)")]
)
@pytest.mark.parametrize("target", ENGINES)
def test_the_letter_of_the_number_0_is_not_translated(source, call, target):
    assert refused(f"SELECT {call}", source, target) == (set() if source == target else {"dialect"})


def test_postgres_has_no_letter_of_the_number_0(engines):
    assert refused("SELECT CHR(0)", "postgres", "postgres")
    assert_same(engines, "SELECT CHR(66)", "postgres", "duckdb")


@pytest.mark.parametrize("value", ["day", "seen", "DATE '2021-01-03'"])
def test_a_year_of_weeks_begins_with_the_week_of_the_4th_of_january(engines, value):
    sql = f"SELECT id, DATE_TRUNC('isoyear', {value}) FROM item"
    assert_same(engines, sql, "duckdb", "postgres")
    for target in ("mysql", "sqlite"):
        assert refused(sql, "duckdb", target) == {"dialect"}


@pytest.mark.parametrize(("source", "target"), [("postgres", "duckdb"), ("duckdb", "postgres")])
@pytest.mark.parametrize("unit", ["century", "millennium"])
def test_a_century_begins_in_2000_or_in_2001(source, target, unit):
    sql = f"SELECT DATE_TRUNC('{unit}', day) FROM item"
    assert refused(sql, source, target) == {"dialect"}
    assert not refused(sql, source, source)


@pytest.mark.parametrize(("source", "target"), [("postgres", "duckdb"), ("duckdb", "postgres")])
@pytest.mark.parametrize("zone", ["UTC+2", "GMT-3", "+2", "-05:00"])
def test_an_offset_behind_letters_has_another_sign_in_postgres(source, target, zone):
    assert refused(f"SELECT seen AT TIME ZONE '{zone}' FROM item", source, target)


def test_duckdb_has_no_zone_that_is_an_offset():
    sql = "SELECT seen AT TIME ZONE '{}' FROM item"
    for zone in ("+2", "+02:00"):
        assert refused(sql.format(zone), "duckdb", "duckdb") == {"odd_text"}
    for zone in ("UTC+2", "Europe/Berlin", "Etc/GMT-2"):
        assert not refused(sql.format(zone), "duckdb", "duckdb")


def test_an_offset_in_a_text_has_two_digits(engines):
    east = "CAST('2020-01-31 10:20:30+{}' AS TIMESTAMPTZ)"
    sql = f"SELECT {east} = CAST('2020-01-31 08:20:30+00' AS TIMESTAMPTZ)"
    for hours in ("2", "02", "02:00"):
        assert_same(engines, sql.format(hours), "postgres", "duckdb")
