"""Words that dialects do not share: patterns, lists in a text, dates rounded down."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, written


@pytest.mark.parametrize("word", ["REGEXP", "RLIKE", "NOT REGEXP"])
def test_mysql_keeps_its_word_for_regular_expressions(word):
    sql = written(f"SELECT id FROM emp WHERE name {word} '^a'", "mysql")
    assert "name REGEXP '^a'" in sql
    assert ("NOT" in sql) == ("NOT" in word)


def test_a_pattern_of_mysql_ignores_case_elsewhere():
    sql = "SELECT id FROM emp WHERE name REGEXP '^a'"
    assert carried(sql, "mysql", "duckdb") == [(1.0,)]
    assert "name ~* '^a'" in written(sql, "mysql", "postgres")


@pytest.mark.parametrize(
    ("source", "condition", "target"),
    [
        ("postgres", "name ~ 'a'", "mysql"),
        ("postgres", "name ~ 'a'", "sqlite"),
        ("postgres", "name ~ 'a'", "tsql"),
        ("postgres", "name ~ 'a'", "snowflake"),
        ("snowflake", "REGEXP_LIKE(name, 'a')", "postgres"),
        ("mysql", "name REGEXP 'a'", "sqlite"),
        ("sqlite", "name GLOB 'A*'", "postgres"),
        ("sqlite", "name GLOB 'A*'", "mysql"),
    ],
)
def test_a_pattern_that_the_other_dialect_lacks_is_an_error(source, condition, target):
    assert errors(f"SELECT id FROM emp WHERE {condition}", source, target) == ["dialect"]


@pytest.mark.parametrize("dialect", ["mysql", "duckdb", "sqlite"])
@pytest.mark.parametrize("target", ["mysql", "duckdb", "postgres", "sqlite"])
def test_a_list_in_a_text_needs_no_separator(dialect, target):
    assert written("SELECT GROUP_CONCAT(name) FROM emp", dialect, target)


@pytest.mark.parametrize("target", ["sqlite", "mysql", "tsql", "oracle", "bigquery", "snowflake"])
@pytest.mark.parametrize("value", ["DATE_TRUNC('month', hired)", "EXTRACT(YEAR FROM hired)"])
def test_groups_of_a_computed_value_are_translated(target, value):
    sql = f"SELECT {value} AS m, COUNT(*) FROM emp GROUP BY m ORDER BY m"
    assert written(sql, "postgres", target)


def test_dates_are_rounded_down_in_sqlite():
    sql = "SELECT DATE_TRUNC('month', hired) FROM emp WHERE id = 2"
    assert carried(sql, "postgres", "sqlite") == [("2021-02-01",)]
