"""Which questions are the same, and which only look so."""

from __future__ import annotations

import pytest

from workflow.confirmed.normal import digest_of, normalised

QUESTION = "How many orders were placed in 2024?"


@pytest.mark.parametrize(
    "same",
    [
        "how many orders were placed in 2024",
        "  How many\n orders were placed  in 2024 ?",
        "How many orders (were placed) in 2024!",
        "HOW MANY ORDERS WERE PLACED IN 2024?!",
    ],
)
def test_case_spaces_and_punctuation_around_words_do_not_count(same: str) -> None:
    assert digest_of(same) == digest_of(QUESTION)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Orders over 1.5", "Orders over 15"),
        ("Orders over .5", "Orders over 5"),
        ("Orders over -5", "Orders over 5"),
        ("Orders of 5%", "Orders of 5"),
        ("Orders < 5", "Orders > 5"),
        ("Orders with the status 'A'", "Orders with the status 'a'"),
        ("Orders of „Anna“", "Orders of „anna“"),
        ("Welche Maße?", "Welche Masse?"),
        ("Orders of C++", "Orders of C"),
        ("What is not paid?", "What is paid?"),
    ],
)
def test_what_may_mean_something_counts(one: str, other: str) -> None:
    assert digest_of(one) != digest_of(other)


def test_quotation_marks_are_the_same_however_they_look() -> None:
    assert normalised("Orders of “Anna  B” ?") == normalised('orders of "Anna B"')
    assert normalised("Ann's orders, O'Neil's too") == "ann's orders o'neil's too"


@pytest.mark.parametrize("empty", ["", " ?! ", "…", "\x00"])
def test_a_question_without_words_is_empty(empty: str) -> None:
    assert normalised(empty) == ""
