"""Booleans as texts: 'true' in some dialects, 't' in CONCAT of Postgres, '1' elsewhere."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import PAIRS

pairs = pytest.mark.parametrize(("source", "target"), PAIRS)


@pairs
@pytest.mark.parametrize("value", ["ok", "(n > 2)", "(NOT ok)"])
def test_a_boolean_that_is_joined_to_a_text_is_the_same(engines, value, source, target):
    joined = f"CONCAT('x', {value})" if source == "mysql" else f"'x' || {value}"
    assert_same(engines, f"SELECT id, {joined} FROM item", source, target)


@pairs
@pytest.mark.parametrize("call", ["CONCAT(s, ok)", "CONCAT_WS('-', ok, n > 2)"])
def test_a_boolean_in_concat_is_the_same(engines, call, source, target):
    if "sqlite" not in (source, target):
        assert_same(engines, f"SELECT id, {call} FROM item", source, target)


@pytest.mark.parametrize("target", ["sqlite", "mysql"])
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_text_that_is_cast_to_a_boolean_is_the_same(engines, source, target):
    values = "CAST('t' AS BOOLEAN), 'No'::boolean, CAST(SUBSTR('true', 1, 4) AS BOOLEAN)"
    sql = f"SELECT {values}, CAST(n AS BOOLEAN) FROM item WHERE ok = 'true' OR ok <> 'yes'"
    assert_same(engines, sql, source, target)


def test_a_word_of_postgres_is_a_boolean_in_duckdb(engines):
    assert_same(engines, "SELECT 'on'::boolean, ' F '::boolean", "postgres", "duckdb")


@pytest.mark.parametrize("source", ["sqlite", "mysql"])
@pytest.mark.parametrize("target", ["sqlite", "mysql", "duckdb", "postgres"])
def test_a_word_is_no_boolean_where_those_are_numbers(engines, source, target):
    if source == target:
        return
    assert refused("SELECT id FROM item WHERE ok = 'TRUE'", source, target) == {"dialect"}
    assert refused("SELECT id FROM item WHERE ok IN ('t', 'f')", source, target) == {"dialect"}
    assert_same(engines, "SELECT id FROM item WHERE ok = '1'", source, target)


def test_a_fraction_that_is_joined_to_a_text_is_a_warning():
    codes = {i.code for i in judged("SELECT s || d FROM item", "sqlite", "postgres").issues}
    assert "digits" in codes
