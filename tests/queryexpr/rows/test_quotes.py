"""A column that is not there is no text, but where SQLite can only mean one."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, run, written


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM emp WHERE `nosuch` = 'x'",
        "SELECT id FROM emp WHERE [nosuch] = 'x'",
        "SELECT id FROM emp WHERE 'x' = `nosuch`",
        "SELECT [nosuch] FROM emp",
        'SELECT "nosuch" FROM emp',
        'SELECT "nosuch" AS x FROM emp',
        'SELECT COUNT("nosuch") FROM emp',
        'SELECT id FROM emp ORDER BY "nosuch"',
        'SELECT COUNT(*) FROM emp GROUP BY "nosuch"',
        "SELECT id FROM emp WHERE \"nosuch\" = 'x'",
        "SELECT id FROM emp WHERE \"nosuch\" LIKE 'x%'",
        "SELECT id FROM emp WHERE \"nosuch\" IN ('x')",
        'SELECT id FROM emp WHERE "nosuch" IS NULL',
        'SELECT id FROM emp WHERE "nosuch" BETWEEN 1 AND 2',
    ],
)
def test_a_column_that_is_not_there_is_an_error(sql):
    assert errors(sql, "sqlite") == ["unknown_column"]


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT id FROM emp WHERE name = "Ada"',
        'SELECT id FROM emp WHERE "Ada" = name',
        'SELECT id FROM emp WHERE name IN ("Ada", "Bob") AND name LIKE "A%"',
        'SELECT STRFTIME("%Y", hired) FROM emp',
        'SELECT CASE WHEN id = 1 THEN "one" ELSE "more" END FROM emp',
        'SELECT name || "x" FROM emp',
    ],
)
def test_a_value_in_double_quotes_is_a_text(sql):
    assert carried(sql, "sqlite") == run("sqlite", sql)


@pytest.mark.parametrize(
    ("dialect", "raw", "text"),
    [
        ("bigquery", r"r'\d+'", r"\d+"), ("bigquery", 'R"a\\b"', r"a\b"),
        ("bigquery", r"r'a\'b'", r"a\'b"), ("bigquery", "r'''it's'''", "it's"),
        ("snowflake", r"$$it's \d$$", r"it's \d"),
    ],
)  # fmt: skip
def test_a_raw_text_keeps_its_backslashes(dialect: str, raw: str, text: str) -> None:
    assert carried(f"SELECT {raw} AS t FROM dept WHERE id = 1", dialect, "duckdb") == [(text,)]
    again = written(f"SELECT {raw} AS t FROM dept", dialect)
    assert written(again, dialect) == again
