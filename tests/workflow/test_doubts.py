"""Doubts about a query: what its question names, and the query does not."""

from __future__ import annotations

import pytest
from django.utils import translation

from workflow.answers import IRAnswer
from workflow.doubts import Doubt, doubts
from workflow.page.inquiry import InquiryAnswer, from_stored, to_stored

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


def test_stored_doubts_are_in_the_readers_language_and_sentences_of_before_stay() -> None:
    stored = to_stored(
        InquiryAnswer(
            dialect="sqlite", built=IRAnswer(), doubts=(Doubt("number", "2014"), "Older.")
        )
    )
    with translation.override("de"):
        shown = [str(doubt) for doubt in from_stored(stored).doubts]
    assert shown == ["Die Frage nennt die Zahl 2014, die Abfrage nicht.", "Older."]
