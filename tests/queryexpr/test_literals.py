"""The texts that a query compares with columns, and the queries that ask whether a row has them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import Text, check_sql, find_texts

DDL = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, "Ship to" VARCHAR(20), kind INTEGER, placed DATE);
CREATE TABLE customer (id INTEGER, name TEXT);
"""
FOUND = [
    ("SELECT id FROM orders WHERE status = 'it''s'", "status", "it's", "/query/where/args/1"),
    ("SELECT id FROM orders WHERE 'x' = status", "status", "x", "/query/where/args/0"),
    ("SELECT id FROM orders WHERE kind IN ('x')", "kind", "x", "/query/where/args/1/list/0"),
    ("SELECT o.id FROM orders o WHERE o.\"Ship to\" LIKE '%x'", "Ship to", "%x", "/query/where/args/1"),
    ("SELECT SUM(CASE WHEN status = 'x' THEN 1 ELSE 0 END) FROM orders", "status", "x",
     "/query/select/0/expr/args/0/case/0/when/args/1"),
    ("WITH q AS (SELECT status AS s FROM orders) SELECT * FROM q WHERE s = 'x'", "status", "x", "/query/where/args/1"),
    ("SELECT * FROM (SELECT status AS s FROM orders) q WHERE s <> 'x'", "status", "x", "/query/where/args/1"),
    ("SELECT id FROM customer c WHERE EXISTS (SELECT 1 FROM orders WHERE c.name = 'x')", "name", "x",
     "/query/where/args/0/query/where/args/1"),
    ("SELECT o.id FROM orders o JOIN customer c ON c.id = o.id AND c.name = 'x'", "name", "x",
     "/query/joins/0/on/args/1/args/1"),
    ("SELECT status FROM orders GROUP BY status HAVING status = 'x'", "status", "x", "/query/having/args/1"),
]  # fmt: skip
NONE = [
    "SELECT id FROM orders WHERE placed = '2024-01-01'",
    "SELECT id FROM orders WHERE status || 'a' = 'xa'",
    "SELECT id FROM orders WHERE status LIKE 'a!%' ESCAPE '!'",
    "SELECT 'x' AS status FROM orders",
    "SELECT * FROM (SELECT status || 'a' AS s FROM orders) q WHERE s = 'x'",
]


def texts(sql: str, dialect: str = "sqlite") -> tuple[Text, ...]:
    judged = answer(check_sql(sql, dialect, dialect, DDL))
    assert judged.valid, judged.issues
    return answer(find_texts(judged.ir or {}, dialect, DDL)).texts


@pytest.mark.parametrize(("sql", "column", "text", "pointer"), FOUND)
def test_a_text_is_found_with_its_column_and_its_place(
    sql: str, column: str, text: str, pointer: str
) -> None:
    (found,) = texts(sql)
    assert (found.column, found.text, found.pointer) == (column, text, pointer)


@pytest.mark.parametrize("sql", NONE)
def test_what_is_no_text_of_a_column_is_not_found(sql: str) -> None:
    assert texts(sql) == ()


def test_each_text_has_a_query_of_its_own_that_runs() -> None:
    sql = "SELECT id FROM orders WHERE status IN ('Open', 'shut') AND LOWER(status) LIKE '%OP%'"
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(DDL + "INSERT INTO orders (status) VALUES ('Open')")
        rows = [database.execute(one.sql).fetchall() for one in texts(sql)]
    assert rows == [[(1,)], [], [(1,)]], "SQLite's LIKE does not mind case"


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "duckdb"])
def test_a_quote_stays_inside_of_its_text(dialect: str) -> None:
    (found,) = texts("SELECT id FROM orders WHERE status = 'a''; DROP TABLE orders --'", dialect)
    assert found.sql.endswith("status = 'a''; DROP TABLE orders --' LIMIT 1")


def test_what_is_left_out_and_what_is_around_a_column_are_known() -> None:
    first, second = texts("SELECT id FROM orders WHERE status NOT IN ('x') AND UPPER(status) = 'a'")
    assert (first.negated, first.wrap, second.negated, second.wrap) == (True, "", False, "upper")


def test_a_number_is_not_asked_for_a_text() -> None:
    (found,) = texts("SELECT id FROM orders WHERE kind = 'paid'")
    assert (found.is_number, found.sql) == (True, "")
