"""What agents get of a result."""

from __future__ import annotations

from workflow.agents import MAX_ROWS, cut
from workflow.sources.result.result import Result


def test_a_long_result_is_cut_and_says_so() -> None:
    rows = tuple((n,) for n in range(MAX_ROWS + 1))
    long = cut(Result(("n",), ("number",), rows, False, 1))
    assert (len(long["rows"]), long["truncated"]) == (MAX_ROWS, True)
    short = cut(Result(("n",), ("number",), rows[:2], False, 1))
    assert (short["rows"], short["truncated"]) == ([[0], [1]], False)
