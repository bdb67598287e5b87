"""Doubts about a query: what its question names, and the query does not."""

from __future__ import annotations

import pytest
from django.utils import translation

from workflow.answers import IRAnswer
from workflow.doubts.doubt import doubt
from workflow.doubts.names import missing_names
from workflow.doubts.words import missing_words
from workflow.page.inquiry import InquiryAnswer, OldDoubt, from_stored, to_stored

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
    found = missing_names(question, sql, TABLES)
    assert named in str(found[0]) if named else not found, found


NAMES = ("customers", "name", "city", "Ireland_code")


@pytest.mark.parametrize(
    ("question", "sql", "words"),
    [
        ("How many customers live in Berlin?", "SELECT 1 WHERE city = 'Munich'", ["Berlin"]),
        ("How many customers live in Berlin?", "SELECT 1 WHERE city = 'berlin'", []),
        ("How many Australian customers are there?", "SELECT 1 WHERE land = 'Australia'", []),
        ("Which customers of Ireland are there?", "SELECT name FROM customers", []),  # a column
        ("Which customers came in March?", "SELECT 1 WHERE at >= '2024-03-01'", []),
        ("Customers. Which are they?", "SELECT name FROM customers", []),  # a sentence begins
        ("Wie viele Kunden gibt es in Berlin in der Liste?", "SELECT 1", []),  # capital letters
        ('What is "Tea time"?', "SELECT 1 WHERE name = 'Tee'", ["Tea time"]),
        ("Which is called “O'Neill”?", "SELECT 1 WHERE name = 'O''Neill'", []),
        ("What's the customer's name and the shop's city?", "SELECT 1", []),
        ("What is the average age of them?", "SELECT SUM(age) FROM t", ["average"]),
        ("What is the average age of them?", "SELECT AVG(age) FROM t", []),
        ("Which customers never came?", "SELECT name FROM customers", ["never"]),
        ("Which customers never came?", "SELECT 1 EXCEPT SELECT 2", []),
        ("Who is not only a customer but a clerk?", "SELECT 1 INTERSECT SELECT 2", []),
        (
            "How many different cities are there?",
            "SELECT COUNT(city) FROM customers",
            ["different"],
        ),
        ("Show the names in alphabetical order", "SELECT name FROM customers", ["alphabetical"]),
        ('Show "never" to all', "SELECT 'never'", []),
    ],
)
def test_words_that_nothing_stands_for_are_named(question: str, sql: str, words: list[str]) -> None:
    found = [*missing_words(question, sql, NAMES)]
    assert [one.words for one in found] == words
    assert all(f"“{one.words}”" in one.sentence for one in found)


def test_stored_doubts_are_in_the_readers_language_and_those_of_before_stay() -> None:
    built = IRAnswer(doubts=(doubt("number", "2014"), doubt("demo", "Toy")))
    old = (OldDoubt("table", "orders"), "Older.")
    stored = to_stored(InquiryAnswer(dialect="sqlite", built=built, doubts=old))
    with translation.override("de"):
        shown = [str(one) for one in from_stored(stored).shown_doubts]
    assert shown[0] == "Die Frage nennt die Zahl 2014, die Abfrage nicht."
    assert "„orders“" in shown[1]
    assert shown[2:] == ["Older."], "a sentence about the basis names the demonstration model"
