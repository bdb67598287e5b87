"""SQLite's words for the current date and time, in other dialects."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

NOW = ["day < DATE('now')", "DATE() > day", "day < DATETIME('now')",
       "STRFTIME('%Y', 'now') > STRFTIME('%Y', day)"]  # fmt: skip
WORDS = ["TIME('now')", "TIME()", "JULIANDAY('now')", "UNIXEPOCH()", "DATE('now', '-1 day')"]


@pytest.mark.parametrize("condition", NOW)
@pytest.mark.parametrize("target", ["postgres", "duckdb", "mysql"])
def test_today_is_found_everywhere(engines, condition, target):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", "sqlite", target)


@pytest.mark.parametrize("value", WORDS)
@pytest.mark.parametrize("target", ["postgres", "duckdb", "mysql"])
def test_other_calls_of_now_are_refused(value, target):
    assert refused(f"SELECT {value}", "sqlite", target) == {"dialect"}


@pytest.mark.parametrize("value", ["DATE 'today'", "CAST('now' AS TIMESTAMP)"])
@pytest.mark.parametrize("target", ["sqlite", "mysql"])
def test_words_that_are_read_as_times_are_refused(value, target):
    assert refused(f"SELECT {value}", "postgres", target) == {"dialect"}
