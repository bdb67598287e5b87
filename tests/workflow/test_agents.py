"""What agents get of a result."""

from __future__ import annotations

from typing import Any

import pytest

from workflow.agents import MAX_CHARACTERS, MAX_ROWS, MAX_TEXT, cut
from workflow.sources.result.result import Result


def result(*rows: tuple[Any, ...], truncated: bool = False) -> Result:
    return Result(("n",), ("number",), rows, truncated, 1)


def test_a_short_result_is_complete() -> None:
    short = cut(result((0,), ("a",), (None,)))
    assert (short["rows"], short["truncated"], short["note"]) == ([[0], ["a"], [None]], False, "")


@pytest.mark.parametrize(
    ("whole", "rows"),
    [
        (result(*[(n,) for n in range(MAX_ROWS + 1)]), MAX_ROWS),
        (result(*[("x" * 1000,) for _ in range(100)]), MAX_CHARACTERS // 1000),
        (result(("x" * 9000,)), 1),
        (result(("x" * 900,) * 100, (1,)), 1),
        (result((1,), truncated=True), 1),
    ],
    ids=["rows", "characters", "a cell", "a row", "the source's own limit"],
)
def test_a_long_result_is_cut_and_says_so(whole: Result, rows: int) -> None:
    long = cut(whole)
    assert (len(long["rows"]), long["truncated"]) == (rows, True)
    assert all(len(str(cell)) <= MAX_TEXT + 1 for row in long["rows"] for cell in row)
    assert f"not all: {rows} rows" in long["note"]
