"""Titles of conversations skip Markdown's marks and code."""

from __future__ import annotations

import pytest

from chat.titles import title_of


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("\n  Why?\nBecause.", "Why?"),
        ("```python\nprint(1)\n```\nwhat does this do?", "what does this do?"),
        ("~~~\n```\n~~~\nAnd this?", "And this?"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("```python\nx = 1", "x = 1"),
        ("# Heading one\ntext", "Heading one"),
        ("> ## 1. Quoted", "Quoted"),
        ("- an item", "an item"),
        ("**Urgent**: what is `x` in __this__?", "Urgent: what is x in this?"),
        ("2 * 3 * 4 = ?", "2 * 3 * 4 = ?"),
        ("#hashtag", "#hashtag"),
        ("#\n---\nWhat?", "What?"),
        ("???", "???"),
        ("too   many\tspaces", "too many spaces"),
        ("x" * 100, "x" * 59 + "…"),
        ("```\n```", ""),
        ("", ""),
    ],
)
def test_a_title_is_the_first_good_line(question: str, title: str) -> None:
    assert title_of(question) == title


def test_a_long_line_of_marks_is_read_quickly() -> None:
    assert title_of("*" * 100_000 + "> " * 50_000).startswith("*")
