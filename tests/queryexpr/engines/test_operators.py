"""Comparisons with all values of a query, bits of numbers, and powers: the same, or refused."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import PAIRS

QUANTIFIED = [
    "n >= ALL (SELECT m FROM item WHERE m IS NOT NULL)",
    "n > ANY (SELECT k FROM part)",
    "n < SOME (SELECT k FROM part WHERE item_id = id)",
    "NOT (n <= ALL (SELECT k FROM part))",
    "n <> ANY (SELECT k FROM part)",
    "id = ALL (SELECT pid FROM part WHERE pid = 3)",
    "id = ANY (SELECT pid FROM part WHERE k > 5)",
]
BITS = ["n & m", "n | 4", "~ n", "(n & 6) | 1", "n & m = 2", "n & (m + 1)", "-3 & 7", "5 & 3 & 1"]


@pytest.mark.parametrize("condition", QUANTIFIED)
@pytest.mark.parametrize("source", ["postgres", "duckdb", "mysql"])
@pytest.mark.parametrize("target", ["postgres", "duckdb", "mysql"])
def test_a_value_is_compared_with_all_of_a_query(engines, condition, source, target):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", source, target)


def test_where_there_is_no_all_it_is_refused_by_name():
    sql = "SELECT id FROM item WHERE n >= ALL (SELECT k FROM part)"
    assert refused(sql, "postgres", "sqlite") == {"dialect"}
    assert refused(sql, "sqlite", "sqlite") == {"not_supported"}
    assert "ALL" in judged(sql, "postgres", "bigquery").issues[0].message


def test_a_list_of_any_is_several_comparisons(engines):
    sql = "SELECT id FROM item WHERE n > ANY (ARRAY[100, 5])"
    for target in ("postgres", "sqlite", "mysql"):
        assert_same(engines, sql, "postgres", target)


def test_a_query_with_two_columns_is_no_list():
    sql = "SELECT id FROM item WHERE n > ALL (SELECT k, pid FROM part)"
    assert refused(sql, "postgres", "postgres") == {"column_count"}


@pytest.mark.parametrize("value", BITS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_bits_are_the_same_or_refused(engines, value, source, target):
    sql = f"SELECT id, {value} FROM item"
    if "mysql" in (source, target):
        assert refused(sql, source, target) == {"dialect"}
    else:
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "duckdb", "mysql"])
def test_bits_stay_in_their_dialect(engines, dialect):
    sql = "SELECT id, n & 3, n | 1, 1 << 3, 150 >> 2, (n & 4) | (m & 2) FROM item WHERE n > 0"
    assert_same(engines, sql, dialect, dialect)


def test_bits_that_are_moved_are_refused_elsewhere():
    assert refused("SELECT 1 << 40 FROM item", "sqlite", "postgres") == {"dialect"}


def test_operators_of_bits_side_by_side_need_parentheses():
    for value in ("n | m & 2", "n & m + 1", "~n & ~m | 2"):
        assert refused(f"SELECT {value} FROM item", "mysql", "mysql") == {"syntax"}


def test_exclusive_or_has_words_of_its_own(engines):
    assert_same(engines, "SELECT id, n # m FROM item", "postgres", "postgres")
    assert refused("SELECT n # m FROM item", "postgres", "sqlite") == {"dialect"}
    assert "n ^ 2" in str(judged("SELECT n ^ 2 FROM item", "bigquery", "bigquery").sql)


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ["postgres", "duckdb", "mysql"])
def test_a_power_is_the_function(engines, source, target):
    assert_same(engines, "SELECT id, n ^ 2, r * (2 ^ 3) FROM item", source, target)


def test_a_power_of_a_negative_number_needs_parentheses():
    assert refused("SELECT -n ^ 2 FROM item", "postgres", "postgres") == {"syntax"}
    assert not refused("SELECT (-n) ^ 2 FROM item", "postgres", "postgres")


@pytest.mark.parametrize("source", ["postgres", "duckdb", "sqlite"])
@pytest.mark.parametrize("target", ["postgres", "duckdb", "sqlite"])
def test_a_sign_after_a_tilde_is_apart(engines, source, target):
    assert_same(engines, "SELECT id, ~(-1), ~(-n) FROM item", source, target)
