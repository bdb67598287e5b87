"""What a search returns, and its limits."""

from __future__ import annotations

import time
from typing import Any

import pytest

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.document.read import read
from queryexpr.lift.lift import lift
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.worlds.search import tell_apart
from queryexpr.worlds.world import Found, Rows

DDL = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, code TEXT UNIQUE);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), placed DATE NOT NULL,
  total NUMERIC(10, 2) NOT NULL, status VARCHAR(9) CHECK (status IN ('open', 'paid')), at TIMESTAMP
);
"""


def search(one: str, other: str, dialect: str = "sqlite", **limits: Any) -> Found:
    known = DIALECTS[dialect]
    catalogue, _ = read_ddl(DDL, known)
    first, second = (
        check(lift(sql, known).expression, known, catalogue, strict_groups=False).expression
        for sql in (one, other)
    )
    limits = {"seconds": 30, "worlds": 2_000, **limits}
    return tell_apart(first, second, known, catalogue, **limits)


def table(found: Found, name: str) -> Rows:
    assert found.example, found.sentence
    return next(table for table in found.example.tables if table.name == name)


def test_an_example_has_the_tables_both_results_and_what_decides():
    found = search(
        "SELECT c.name, COUNT(o.id) FROM customer c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name",
        "SELECT c.name, COUNT(o.id) FROM customer c JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name",
    )  # fmt: skip
    assert (
        found.sentence
        == "A row in customer without a row in orders: the first returns 1 row, the second no row."
    )
    assert len(table(found, "customer").rows) == 1
    assert table(found, "orders").rows == ()
    assert found.example
    assert [len(result.rows) for result in found.example.results] == [1, 0]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("SELECT id FROM orders WHERE placed <= '2024-12-31'", "SELECT id FROM orders WHERE placed < '2024-12-31'",
         "A row in orders whose placed is exactly 2024-12-31"),
        ("SELECT name FROM customer", "SELECT DISTINCT name FROM customer", "Two rows in customer with the same name"),
        ("SELECT id FROM customer WHERE city <> 'X' OR city IS NULL", "SELECT id FROM customer WHERE city <> 'X'",
         "A row in customer whose city is null"),
        ("SELECT id FROM customer WHERE city = 'Rome'", "SELECT id FROM customer WHERE LOWER(city) = 'rome'",
         "not 'Rome'"),
        ("SELECT id FROM orders ORDER BY total DESC LIMIT 1", "SELECT id FROM orders WHERE total = (SELECT MAX(total) FROM orders)",
         "A tie, two rows in orders with the same total"),
        ("SELECT COUNT(*) FROM customer", "SELECT COUNT(DISTINCT c.id) FROM customer c JOIN orders o ON o.customer_id = c.id",
         "A row in customer without a row in orders"),
        ("SELECT id FROM orders ORDER BY total", "SELECT id FROM orders ORDER BY total DESC",
         "Both return the same rows, in another order."),
        ("SELECT id, city FROM customer", "SELECT id FROM customer", "The first returns 2 columns, the second 1."),
        ("SELECT id FROM customer WHERE city = 'usa'", "SELECT id FROM customer WHERE city = 'States'",
         "A row in customer whose city is "),
        ("SELECT id, name FROM customer", "SELECT name, id FROM customer",
         "Both return the same values, with the columns in another order."),
        ("SELECT id, total / 2.5 FROM orders", "SELECT id, total * 1000 FROM orders", "The first returns "),
        ("SELECT id, city FROM customer WHERE city > ''", "SELECT id, name FROM customer WHERE city > ''",
         "The first returns "),
    ],
)  # fmt: skip
def test_a_sentence_says_what_decides(one, other, words):
    assert words in search(one, other).sentence


def test_values_are_of_those_that_the_schema_lists():
    found = search("SELECT status FROM orders", "SELECT DISTINCT status FROM orders")
    orders = table(found, "orders")
    assert {row[orders.columns.index("status")] for row in orders.rows} <= {"open", "paid"}


def test_a_unique_column_has_no_value_twice():
    one, other = "SELECT code FROM customer", "SELECT DISTINCT code FROM customer"
    found = search(f"{one} WHERE code IS NOT NULL", f"{other} WHERE code IS NOT NULL", worlds=300)
    assert found.example is None


def test_what_is_no_difference_is_not_called_equal():
    found = search("SELECT id FROM orders", "SELECT o.id FROM orders o", worlds=50)
    assert found.sentence == "No difference was found in 50 small worlds."


def test_the_same_sql_is_not_tried():
    found = search("SELECT id FROM orders", "SELECT  id FROM orders")
    assert (found.example, found.worlds, found.sentence) == (None, 0, "Both are the same SQL.")


def test_both_results_show_something_where_they_can():
    one, other = "SELECT id FROM customer", "SELECT id FROM customer WHERE city = 'Rome'"
    found = search(one, other, must_show=True)
    assert found.example
    assert found.example.shown
    assert all(result.rows for result in found.example.results)


def test_a_result_of_nulls_only_is_shown_where_there_is_no_other():
    one, other = "SELECT id FROM customer WHERE city = 'a'", "SELECT id FROM customer WHERE 1 = 0"
    found = search(one, other, must_show=True, worlds=200)
    assert found.example
    assert not found.example.shown


def test_the_same_arguments_find_the_same_example():
    queries = "SELECT city FROM customer", "SELECT city FROM customer WHERE city <> 'a'"
    assert search(*queries) == search(*queries)


def test_today_is_fixed():
    one = "SELECT COUNT(*) FROM orders WHERE placed >= DATE('now', '-30 day')"
    other = "SELECT COUNT(*) FROM orders WHERE placed > DATE('now', '-30 day')"
    assert "placed is exactly 2024-05-16" in search(one, other).sentence


def test_a_clock_that_cannot_be_fixed_is_refused():
    found = search("SELECT id FROM orders WHERE at > TIME()", "SELECT id FROM orders")
    assert found.example is None
    assert "TIME returns another value each time it is called." in found.sentence


def test_which_row_a_limit_keeps_is_no_difference():
    found = search(
        "SELECT id FROM orders LIMIT 1", "SELECT id FROM orders ORDER BY total LIMIT 1", worlds=300
    )
    assert found.example is None


def test_a_query_without_an_end_is_stopped():
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT COUNT(*) FROM n, orders"
    began = time.monotonic()
    found = search(endless, "SELECT COUNT(*) FROM orders", worlds=20)
    assert found.example is None
    assert "interrupted" in found.sentence
    assert time.monotonic() - began < 30


def test_a_search_ends_in_time():
    began = time.monotonic()
    found = search("SELECT id FROM orders", "SELECT o.id FROM orders o", seconds=0.1, worlds=10**9)
    assert found.worlds < 10**6
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "dialect", ["postgres", "mysql", "tsql", "bigquery", "snowflake", "oracle", "duckdb"]
)
def test_queries_of_every_dialect_are_tried(dialect):
    found = search(
        "SELECT id FROM customer WHERE city <> 'a'", "SELECT id FROM customer WHERE id > 0", dialect
    )
    assert found.example, found.sentence
    assert found.engine == ("DuckDB" if dialect == "duckdb" else "SQLite")


def test_duckdb_runs_what_sqlite_lacks():
    pytest.importorskip("duckdb")
    one = "SELECT STRING_AGG(name, ',' ORDER BY id) FROM customer WHERE REGEXP_MATCHES(name, '^A')"
    other = "SELECT STRING_AGG(name, ',' ORDER BY id) FROM customer"
    found = search(one, other, "duckdb")
    assert found.example, found.sentence
    assert found.engine == "DuckDB"


def test_a_portable_query_is_one_of_the_dialect():
    known = DIALECTS["postgres"]
    catalogue, _ = read_ddl(DDL, known)
    portable = read(
        {"query": {"from": {"table": "customer"}, "select": [{"expr": {"column": "id"}}]}}
    )
    lifted = lift("SELECT id FROM customer WHERE city LIKE 'A%'", known).expression
    assert tell_apart(portable, lifted, known, catalogue, seconds=30).example


def test_a_schema_of_another_name_is_part_of_a_table():
    known = DIALECTS["postgres"]
    catalogue, _ = read_ddl("CREATE TABLE a.t (x INT); CREATE TABLE b.t (x INT)", known)
    one, other = (lift(f"SELECT x FROM {name}.t", known).expression for name in "ab")
    assert tell_apart(one, other, known, catalogue, seconds=30).example
