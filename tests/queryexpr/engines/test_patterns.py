"""Patterns in calls: a text where SUBSTRING begins is one, and others mind case or do not."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused

TEXTS = [
    "SUBSTRING(s FROM '@(.*)$')", "SUBSTRING(s, '[a-z]+')", "SUBSTRING(s, 'a' || s)",
    "SUBSTRING(s, LOWER('A'))", "SUBSTRING(s, CAST('a' AS TEXT))", "SUBSTRING(s, (SELECT 'a'))",
    "SUBSTRING(s, CASE WHEN id > 1 THEN 'a' ELSE 'b' END)", "SUBSTRING(s, s)",
    "SUBSTRING(s, (SELECT MAX(w) FROM part))", "SUBSTRING(s FROM 'a' FOR '#')",
]  # fmt: skip
CALLS = {
    "postgres": ["REGEXP_REPLACE(s, '[A-Z]', '-')", "REGEXP_SUBSTR(s, '[A-Z]')"],
    "duckdb": ["REGEXP_REPLACE(s, '[A-Z]', '-')", "REGEXP_EXTRACT(s, '[A-Z]')"],
    "mysql": ["REGEXP_REPLACE(s, '[A-Z]', '-')", "REGEXP_SUBSTR(s, '[A-Z]')"],
}


@pytest.mark.parametrize("value", TEXTS)
@pytest.mark.parametrize("target", ["sqlite", "mysql", "duckdb"])
def test_a_substring_of_a_pattern_is_refused(value, target):
    assert refused(f"SELECT {value} FROM item", "postgres", target) == {"dialect"}


@pytest.mark.parametrize("target", ["sqlite", "mysql", "duckdb"])
def test_a_substring_of_numbers_is_taken(engines, target):
    sql = "SELECT id, SUBSTRING(s FROM 2 FOR 2), SUBSTRING(s, POSITION('o' IN s) + 1) FROM item"
    assert_same(engines, sql, "postgres", target)


def test_substr_takes_no_text_for_a_number():
    assert refused("SELECT SUBSTR(s, '2') FROM item", "postgres", "postgres") == {"operands"}


@pytest.mark.parametrize("source", CALLS)
@pytest.mark.parametrize("target", ["mysql", "duckdb", "postgres"])
def test_calls_with_patterns_are_refused_where_case_counts_otherwise(source, target):
    for call in CALLS[source] if "mysql" in (source, target) and source != target else ():
        assert not judged(f"SELECT {call} FROM item", source, target).valid


@pytest.mark.parametrize("flag", ["", ", 'i'", ", 'c'"])
def test_flags_say_whether_case_counts(engines, flag):
    sql = f"SELECT id FROM item WHERE REGEXP_MATCHES(s, 'EV'{flag})"
    assert_same(engines, sql, "duckdb", "postgres")


def test_other_flags_of_patterns_are_refused():
    sql = "SELECT id FROM item WHERE REGEXP_MATCHES(s, 'EV', 's')"
    assert refused(sql, "duckdb", "postgres") == {"dialect"}
