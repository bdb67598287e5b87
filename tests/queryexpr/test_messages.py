"""What is said of SQL that is refused: in words of SQL, with its line and column."""

from __future__ import annotations

import time

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_sql
from queryexpr.issues import Issue
from queryexpr.schema.ddl.read import read_ddl

ORDERS = "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, placed DATE, total NUMERIC)"
SYNTAX = [
    ("WHERE id = = 3", "a value was expected after '=', but '=' was found.", 2, 12),
    ("WHERE", "a condition was expected after 'WHERE', but the query ends there.", 2, 1),
    ("WHERE id = 1 AND", "a condition was expected after 'AND', but the query ends there.", 2, 14),
    ("ORDER BY", "a column was expected after 'ORDER BY', but the query ends there.", 2, 1),
    ("LIMIT", "a number was expected after 'LIMIT', but the query ends there.", 2, 1),
    ("WHERE (id = 1", "')' was expected after '1', but the query ends there.", 2, 13),
    ("JOIN ON 1 = 1", "the name of a table was expected after 'JOIN', but 'ON' was found.", 2, 6),
    ("WHERE CAST(id INTEGER) = 1", "AS was expected after 'id', but 'INTEGER' was found.", 2, 15),
    ("WHER id = 1", "'id' was not expected after 'WHER'.", 2, 6),
    ("WHERE customer = 'a", "a text or name that begins with ' is not closed.", 2, 18),
    ("UNION", "a query was expected after 'UNION', but the query ends there.", 2, 1),
]
REFUSED = [
    ("postgres", "SELECT id FROM orders\nWHERE id = :x", "write the value in place of :x.", 2, 12),
    ("postgres", "SELECT id FROM orders\nWHERE id = ?", "write the value in place of ?.", 2, 12),
    ("postgres", "SELECT id FROM orders\nWHERE id = %s", "write the value in place of %s.", 2, 12),
    ("tsql", "SELECT id FROM orders\nWHERE id = @x", "write the value in place of @x.", 2, 12),
    ("mysql", "SELECT id,\n @@version FROM orders", "in place of @@version.", 2, 2),
    ("postgres", "SELECT id,\n CURRENT_USER FROM orders",
     "CURRENT_USER is not a function that may be called", 2, 2),
    ("oracle", "SELECT id FROM orders\nWHERE ROWNUM < 5", "For the first rows write LIMIT", 2, 7),
    ("tsql", "SELECT id FROM orders WITH (NOLOCK)", "leave out WITH (NOLOCK).", 1, 16),
    ("mysql", "SELECT id FROM orders USE INDEX (a)", "leave out USE INDEX (a).", 1, 16),
    ("oracle", "SELECT /*+ x */ id FROM orders", "are not read: leave out /*+ X */.", 1, 17),
    ("postgres", "SELECT id FROM orders FOR UPDATE", "A query locks nothing", 1, 8),
    ("postgres", "SELECT id INTO x FROM orders", "A query writes nothing", 1, 8),
    ("postgres", "SELECT ARRAY_AGG(id IGNORE NULLS) FROM orders", "IGNORE NULLS is not read", 1, 18),
    ("sqlite", "SELECT o.id FROM orders o\nCROSS APPLY (SELECT o.id AS a) x",
     "SQLite has no LATERAL and no CROSS APPLY", 2, 21),
    ("duckdb", "SELECT id FROM orders\nSEMI JOIN x ON 1 = 1", "semi in JOIN cannot be", 2, 11),
    ("postgres", "WITH q AS (DELETE FROM orders RETURNING id) SELECT id FROM q",
     "A query writes nothing: leave out DELETE", 1, 24),
    ("postgres", "-- all\nDROP TABLE orders", "not DROP. Write a SELECT.", 2, 1),
    ("postgres", "SELECT * FROM generate_series(1, 1000000)", "at most 100,000 elements", 1, 15),
]  # fmt: skip
ELSEWHERE = [
    ("SELECT id,\n age(placed) FROM orders", "sqlite", "AGE is not a function", (2, 2)),
    ("SELECT 1,\n percentile_cont(0.5) WITHIN GROUP (ORDER BY total)\nFROM orders", "sqlite",
     "SQLite has no PERCENTILE_CONT", (2, 2)),
    ("SELECT id FROM orders\nWHERE customer ~ 'a'", "tsql", "regular expressions", (None, None)),
]  # fmt: skip


def errors(sql: str, dialect: str, target: str = "") -> list[Issue]:
    source = DIALECTS[dialect]
    schema, _ = read_ddl(ORDERS, source)
    judged = judge_sql(sql, source, DIALECTS[target or dialect], schema)
    return [issue for issue in judged.issues if issue.severity == "error"]


@pytest.mark.parametrize(("end", "said", "line", "column"), SYNTAX)
def test_what_is_no_sql_says_what_was_expected(end: str, said: str, line: int, column: int) -> None:
    (issue,) = errors(f"SELECT id FROM orders\n{end}", "postgres")
    assert issue.message == f"This is not SQL of PostgreSQL: {said}"
    assert (issue.code, issue.line, issue.column) == ("syntax", line, column)


@pytest.mark.parametrize(("dialect", "sql", "said", "line", "column"), REFUSED)
def test_what_is_refused_has_its_place_and_a_remedy(
    dialect: str, sql: str, said: str, line: int, column: int
) -> None:
    (issue,) = errors(sql, dialect)
    assert said in issue.message, issue.message
    assert (issue.line, issue.column) == (line, column)


@pytest.mark.parametrize(("sql", "target", "said", "place"), ELSEWHERE)
def test_what_another_dialect_lacks_has_its_place_or_none(
    sql: str, target: str, said: str, place: tuple[int | None, int | None]
) -> None:
    (issue,) = errors(sql, "postgres", target)
    assert said in issue.message
    assert (issue.line, issue.column) == place


def test_many_unknown_functions_take_no_time() -> None:
    calls = ", ".join(f"nosuch{number}(1)" for number in range(1200))
    began = time.monotonic()
    assert len(errors(f"SELECT {calls} FROM orders", "postgres")) == 10
    assert time.monotonic() - began < 30


def test_unknown_functions_hide_no_other_issue() -> None:
    found = errors("SELECT SLEEP(3), pg_read_file('x'), nocol FROM orders", "postgres")
    assert [issue.code for issue in found] == ["function", "function", "unknown_column"]
    assert [issue.column for issue in found] == [8, 18, 37]
    assert not any(issue.pointer or issue.fix for issue in found)
