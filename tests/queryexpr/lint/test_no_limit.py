"""The note about queries that may return many rows."""

from __future__ import annotations

import pytest

from tests.queryexpr.lint.lints import lints


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM customers",
        "SELECT id FROM customers UNION SELECT id FROM tags LIMIT 3 OFFSET 2",
        "SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.id = 5",
    ],
)
def test_only_a_query_with_many_rows_and_no_limit_asks_for_one(sql: str):
    found = [(i.code, i.severity, i.pointer) for i in lints(sql, but="")]
    assert found == ([] if "LIMIT" in sql else [("no_limit", "note", "/query")])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(*), MAX(points) FROM customers",
        "SELECT name FROM customers WHERE id = 5",
        "SELECT price FROM items WHERE order_id = 5 AND line = 2",
        "SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 5",
        "SELECT 1",
        "SELECT COUNT(*) FROM customers HAVING COUNT(*) > 1",
        "SELECT city, COUNT(*) FROM customers GROUP BY city",
        "SELECT n FROM (SELECT COUNT(*) AS n FROM customers) AS q",
        "SELECT COUNT(*) FROM customers UNION ALL SELECT MAX(id) FROM tags UNION SELECT 1",
    ],
)
def test_a_query_with_one_row_or_a_row_for_each_group_needs_no_limit(sql: str):
    assert lints(sql, but="") == []
    assert "no_limit" not in [i.code for i in lints(sql, catalogue=None, but="")] or "=" in sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(points) OVER () FROM customers",
        "SELECT (SELECT COUNT(*) FROM tags) FROM customers",
        "SELECT COUNT(*) FROM customers UNION ALL SELECT id FROM tags",
    ],
)
def test_an_aggregate_elsewhere_makes_no_single_row(sql: str):
    assert [i.code for i in lints(sql, but="")] == ["no_limit"]


def test_what_is_only_worth_knowing_comes_last():
    found = lints("SELECT name FROM customers, orders", but="")
    assert [issue.severity for issue in found] == ["warning", "note"]
