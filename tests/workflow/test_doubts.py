"""Doubts about a query: what its question names, and the query does not."""

from __future__ import annotations

import pytest

from workflow.doubts import doubts

TABLES = ("customers", "orders", "city")
SUM = "SELECT SUM(customers.id) FROM customers"


@pytest.mark.parametrize(
    ("question", "sql", "named"),
    [
        ("How many orders are there?", SUM, "“orders”"),
        ("How many customers came in 2014?", SUM, "the number 2014"),
        ("How many customers came in 2014?", f"{SUM} WHERE at >= '2014-01-01'", ""),
        ("Orders of each customer", "SELECT customer_id FROM orders", ""),
        ("Customers of the last 12 months", SUM, ""),
        ("Customers who spent 1,000.50 or 100%", SUM, ""),
        ("Customers per city", "SELECT city FROM customers", ""),
        ("Which customers are in order?", SUM, "“orders”"),
    ],
)
def test_what_a_query_lacks_of_its_question_is_named(question: str, sql: str, named: str) -> None:
    found = doubts(question, sql, TABLES)
    assert named in str(found[0]) if named else not found, found
