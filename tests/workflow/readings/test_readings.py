"""Which rows of two results are marked, and how a search that fails is said."""

from __future__ import annotations

from typing import Any

import pytest

from queryexpr.gate.operations import Found, Row, Rows
from workflow.readings import answer
from workflow.readings.readings import Reading, Readings, of_found, unmatched

QUERIES = (Reading("one", "SELECT 1"), Reading("other", "SELECT 2"))


def rows(*values: Any) -> Rows:
    found: tuple[Row, ...] = tuple(
        value if isinstance(value, tuple) else (value,) for value in values
    )
    return Rows(("n",), found)


@pytest.mark.parametrize(
    ("own", "other", "numbers"),
    [
        (rows(1, 2, 2), rows(2, 1), (2,)),
        (rows(1, 2), rows(2, 1), (0, 1)),  # in another order
        (rows(1, 2, 3), rows(1, 3, 2), (1, 2)),
        (rows(1.0, "2", None), rows(1, 2, None), ()),
        (rows(None), rows(0), (0,)),
        (rows((1, "a")), rows(1), (0,)),
        (rows(1), rows(1, 1), ()),  # the other has more of them
    ],
)
def test_rows_that_the_other_lacks_are_marked(
    own: Rows, other: Rows, numbers: tuple[int, ...]
) -> None:
    assert unmatched(own, other) == numbers


@pytest.mark.parametrize(
    ("found", "outcome", "alike"),
    [
        (Found(None, "None.", 5000, "SQLite", searched=True), "no_difference_found", True),
        (Found(None, "None.", 99, "SQLite", searched=True), "no_difference_found", False),
        (Found(None, "SQLite does not run them.", 5000, "SQLite"), "not_searched", False),
        (Found(None, "Both are the same SQL."), "not_searched", False),
    ],
)
def test_only_enough_worlds_on_which_both_ran_say_that_queries_are_alike(
    found: Found, outcome: str, alike: bool
) -> None:
    readings = of_found(found, QUERIES, 1.23456)
    assert (readings.outcome, readings.sentence) == (outcome, found.sentence)
    assert (readings.seconds, readings.queries) == (1.235, QUERIES)
    assert answer._none_found(readings) is alike


def test_a_search_that_was_not_made_says_nothing() -> None:
    refused = Readings("not_searched", "Too busy.", QUERIES, worlds=5000)
    assert not answer._none_found(refused)
    assert not answer._none_found(None)
